"""What is done with an author's words before an engine gets them: understood, translated, enriched."""
