"""Ed25519 signatures by PyNaCl, with a key in a file that only its owner may read."""

from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from econonexus.adapters.data_directory import translate, write_safely
from econonexus.ports import Checkpoint, JournalFault


class NaclSigner:
    """Signs with the key in `path`, which is made where there is none."""

    def __init__(self, path: Path) -> None:
        try:
            if not path.exists():
                write_safely(path, SigningKey.generate().encode().hex().encode() + b"\n")
            seed = path.read_text().strip()
        except OSError as error:
            raise translate(error, path) from error
        try:
            self._key = SigningKey(bytes.fromhex(seed))
        except ValueError as error:
            raise JournalFault(
                f"{path} holds no signing key; restore it, or delete it to get a new one"
            ) from error

    @property
    def public_key(self) -> str:
        """In hexadecimal."""
        return self._key.verify_key.encode().hex()

    def sign(self, message: bytes) -> str:
        """The signature, in hexadecimal."""
        return self._key.sign(message).signature.hex()


def is_genuine(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint was signed with the key it names."""
    return is_signed(checkpoint.public_key, checkpoint.message(), checkpoint.signature)


def is_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether a message was signed with the key of a public one; both are in hexadecimal."""
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(message, bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True
