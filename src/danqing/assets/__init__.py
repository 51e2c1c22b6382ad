"""Files by their content: where pictures and films live, and the story that each carries within itself."""
