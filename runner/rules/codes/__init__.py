"""The words of `runner explain CODE`: one module for each group of codes."""
