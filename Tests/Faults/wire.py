"""Reads protobuf by field number, for the few messages that the checks need."""


def fields(message: bytes) -> dict[int, list]:
    """Each field's values in order: integers, or bytes for what has a length."""
    found: dict[int, list] = {}
    place = 0
    while place < len(message):
        key, place = varint(message, place)
        match key & 7:
            case 0: value, place = varint(message, place)
            case 1: value, place = message[place:place + 8], place + 8
            case 2:
                length, place = varint(message, place)
                value, place = message[place:place + length], place + length
            case 5: value, place = message[place:place + 4], place + 4
            case kind: raise ValueError(f"wire type {kind}")
        found.setdefault(key >> 3, []).append(value)
    return found


def varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            return value, place


def number(message: dict, field: int) -> int:
    return message.get(field, [0])[-1]


def text(message: dict, field: int) -> str:
    return message.get(field, [b""])[-1].decode()


def inner(message: dict, field: int) -> dict:
    return fields(message.get(field, [b""])[-1])
