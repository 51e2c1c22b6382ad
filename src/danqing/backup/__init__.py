"""Everything that a server knows in one folder or one tar file, and the way back.

manifest.json           what there is, with a SHA-256 for each part; written last
tables/NAME.jsonl       the rows of a table at one moment
files.jsonl, files/     the pictures and films that those rows name, by their content
secret, test-key        what the keys are recognised by
"""

from danqing.backup.manifest import Manifest
from danqing.backup.restoring import Restored, restore
from danqing.backup.writing import BackedUp, Tell, Wanted, back_up

__all__ = ["BackedUp", "Manifest", "Restored", "Tell", "Wanted", "back_up", "restore"]
