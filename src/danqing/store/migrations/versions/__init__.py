"""One module for each change of the tables; a revision that was released is never edited."""
