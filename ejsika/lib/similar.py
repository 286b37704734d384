"""Similarity of short names, as PostgreSQL's pg_trgm measures it."""


def trigrams(text: str) -> frozenset[str]:
    """Three-letter pieces of a text's words, each word padded with two blanks before and one behind."""
    return frozenset(
        padded[i : i + 3] for word in text.lower().split() for padded in (f"  {word} ",) for i in range(len(padded) - 2)
    )


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of trigrams that two texts have in common, 0 to 1."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0
