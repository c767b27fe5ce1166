"""The compressed bytes of a batch into its records' bytes, as long as these are not too many."""

from __future__ import annotations

import zlib

import zstandard
from kafka.record.default_records import DefaultRecordBatch

MOST_UNPACKED_BYTES = 64 * 2**20
"""Of one batch, which a producer fills with a megabyte. The worst gzip grows 1,032-fold, the worst zstd 32,768-fold."""

GZIP_WINDOW = 31
"""zlib's word for: a gzip stream."""


class TooLargeError(Exception):
    """A batch unpacks to more than may be held."""


def unpack(batch: DefaultRecordBatch, most: int) -> None:
    """Unpacks a batch in its place, as the client's own way would, which has no bound.

    Raises TooLargeError. The codecs of other packages (snappy, lz4) are left to the client: by their formats they grow
    21-fold and 255-fold at most.
    """
    if batch.compression_type == batch.CODEC_GZIP:
        _put(batch, _gunzipped(bytes(memoryview(batch._buffer)[batch._pos :]), most))
    elif batch.compression_type == batch.CODEC_ZSTD:
        packed = bytes(memoryview(batch._buffer)[batch._pos :])
        with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
            _put(batch, _bounded(reader.read(most + 1), most))
    else:
        iter(batch)


def _put(batch: DefaultRecordBatch, data: bytes) -> None:
    batch._buffer, batch._pos, batch._decompressed = bytearray(data), 0, True


def _gunzipped(packed: bytes, most: int) -> bytes:
    """Members that follow one another count as one."""
    unpacked = b""
    while packed:
        member = zlib.decompressobj(GZIP_WINDOW)
        unpacked = _bounded(unpacked + member.decompress(packed, most + 1 - len(unpacked)), most)
        if not member.eof:
            raise zlib.error("a gzip stream is cut short")
        packed = member.unused_data
    return unpacked


def _bounded(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooLargeError
    return data
