"""Elements of a page: escaped and well-formed by construction."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring


def tag(name: str, *children: Element | str, **attributes: object) -> Element:
    """An element; ``aria_label`` is the attribute ``aria-label``, ``class_`` is ``class``."""
    pairs = {key.rstrip("_").replace("_", "-"): str(value) for key, value in attributes.items()}
    element = Element(name, pairs)
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        else:
            _append(element, child)
    return element


def text_of(*elements: Element) -> str:
    """What a page holds of them; no element is closed in its own tag, which HTML would not understand."""
    return "\n".join(tostring(element, "unicode", short_empty_elements=False) for element in elements)


def _append(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
