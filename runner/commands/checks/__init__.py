"""What `runner doctor` looks at: the file, its markets and data, the state folder, the machine."""
