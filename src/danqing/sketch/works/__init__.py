"""The finished works: pictures, films with sound, ink paintings, cards, logos, and edits of pictures that are given."""
