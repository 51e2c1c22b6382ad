"""Reading: which words stand in a prompt, in eleven languages, and what each can mean to a picture."""
