"""From a row of columns to a checked order and its fill; pure: no file, socket, clock or log."""
