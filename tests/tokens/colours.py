"""Colours as numbers: luminance, contrast and lightness. Plain Python."""


def channels(colour):
    """Return red, green and blue of "#rrggbb", each from 0 to 1.

    >>> channels("#ff0080")[:2]
    (1.0, 0.0)
    """
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def luminance(colour):
    """Return the relative luminance of WCAG 2.2.

    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast of WCAG 2.2, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff")), contrast("#123456", "#123456")
    (21, 1.0)
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lightness(colour):
    """Return L* of CIE 1976, from 0 to 100.

    >>> round(lightness("#ffffff")), round(lightness("#777777"))
    (100, 50)
    """
    share = luminance(colour)
    return 903.3 * share if share <= 0.008856 else 116 * share ** (1 / 3) - 16


def hue(colour):
    """Return the hue in degrees, None for a grey.

    >>> hue("#0000ff"), hue("#888888")
    (240.0, None)
    """
    red, green, blue = channels(colour)
    high, low = max(red, green, blue), min(red, green, blue)
    if high == low:
        return None
    span = high - low
    if high == red:
        return (60 * (green - blue) / span) % 360
    if high == green:
        return 60 * (blue - red) / span + 120
    return 60 * (red - green) / span + 240
