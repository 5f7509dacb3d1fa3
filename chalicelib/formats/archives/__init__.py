"""Archives as streams of bytes: ZIP (with ZIP64) from members that are deflated already, tar, and names that unpack anywhere.

Compression and container are apart, because an export's tasks deflate their pieces in parallel and one of them puts the pieces
together without touching them again: raw deflate data that ends on a byte boundary can be concatenated (RFC 1951 §3.2).
"""
