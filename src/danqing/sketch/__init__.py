"""The embedded storyboard artist: turns a prompt into a picture, a film with sound, or words, with no network."""
