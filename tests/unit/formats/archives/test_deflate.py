"""Raw deflate in pieces, judged by zlib."""

import zlib
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.archives.deflate import END, PIECE, Deflater, Digest, combined_crc, deflate, inflate, stored

pieces = st.lists(st.binary(max_size=300).map(lambda data: data * 7), max_size=5)


def cut_pieces(parts: list[bytes]) -> list[tuple[bytes, Deflater]]:
    made = []
    for part in parts:
        deflater = Deflater()
        made.append((deflater.feed(part) + deflater.cut(), deflater))
    return made


def test_literal_of_any_length_is_stored() -> None:
    for size in (0, 1, 65_535, 65_536, 200_000):
        assert zlib.decompress(stored(bytes(size)) + END, -15) == bytes(size)


@given(pieces, st.binary(max_size=70))
def test_pieces_with_literals_between_them_concatenate_to_one_stream(parts: list[bytes], between: bytes) -> None:
    stream = stored(between).join(piece for piece, _ in cut_pieces(parts)) + END

    assert zlib.decompress(stream, -15) == between.join(parts)
    assert b"".join(inflate([stream])) == between.join(parts)


@given(pieces)
def test_deflater_counts_what_passes_through_it(parts: list[bytes]) -> None:
    for part, (piece, deflater) in zip(parts, cut_pieces(parts), strict=True):
        assert (deflater.size, deflater.crc, deflater.deflated) == (len(part), zlib.crc32(part), len(piece))


@given(st.lists(st.binary(max_size=2_000), max_size=6))
def test_finish_ends_the_stream(chunks: list[bytes]) -> None:
    deflater = Deflater()
    stream = b"".join([*map(deflater.feed, chunks), deflater.finish()])

    assert zlib.decompress(stream, -15) == b"".join(chunks)
    assert zlib.decompress(deflate(b"".join(chunks)), -15) == b"".join(chunks)


@given(st.binary(), st.binary())
def test_combined_crc_is_that_of_both(first: bytes, second: bytes) -> None:
    assert combined_crc(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@given(st.lists(st.binary(max_size=100)))
def test_digest_counts_a_stream(chunks: list[bytes]) -> None:
    digest = Digest()
    for chunk in chunks:
        digest.feed(chunk)
    whole = b"".join(chunks)

    assert (digest.size, digest.crc, digest.sha256) == (len(whole), zlib.crc32(whole), sha256(whole).hexdigest())


@given(st.binary(max_size=3_000), st.integers(1, 40))
def test_inflate_takes_chunks_of_any_size(data: bytes, size: int) -> None:
    stream = deflate(data)

    assert b"".join(inflate(stream[start : start + size] for start in range(0, len(stream), size))) == data


def test_few_bytes_that_say_many_are_inflated_in_small_pieces() -> None:
    data = bytes(5_000_000) + b"the end"
    pieces = list(inflate([deflate(data)]))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= PIECE
