"""What a newer schema may not do to an older one."""
from google.protobuf import descriptor_pb2

KIND = ("name", "type", "type_name", "label", "proto3_optional")


def breaking_changes(old: descriptor_pb2.FileDescriptorSet, new: descriptor_pb2.FileDescriptorSet) -> list[str]:
    """Each difference by which a client of `old` would misunderstand a server of `new`, in words. Additions are none."""
    faults: list[str] = []
    now = _messages(new)
    for name, message in _messages(old).items():
        if name not in now:
            faults.append(f"{name} is gone")
        else:
            _compare_messages(name, message, now[name], faults)
    enums = _enums(new)
    for name, enum in _enums(old).items():
        if name not in enums:
            faults.append(f"{name} is gone")
        else:
            _compare_numbers(name, {value.number: value.name for value in enum.value}, {value.number: value.name for value in enums[name].value}, faults)
    methods = _methods(new)
    for name, method in _methods(old).items():
        if name not in methods:
            faults.append(f"{name} is gone")
        elif method != methods[name]:
            faults.append(f"{name} takes or gives something else")
    return faults


def _compare_messages(name: str, old, new, faults: list[str]):
    fields = {field.number: field for field in new.field}
    for field in old.field:
        if field.number not in fields:
            if not any(span.start <= field.number < span.end for span in new.reserved_range) or field.name not in new.reserved_name:
                faults.append(f"{name}.{field.name} = {field.number} is gone and not reserved")
            continue
        is_now = fields[field.number]
        for aspect in KIND:
            if getattr(field, aspect) != getattr(is_now, aspect):
                faults.append(f"{name}.{field.name} = {field.number} has another {aspect}")
        if _oneof(old, field) != _oneof(new, is_now):
            faults.append(f"{name}.{field.name} = {field.number} is in another oneof")
    for field in new.field:
        if any(span.start <= field.number < span.end for span in old.reserved_range):
            faults.append(f"{name}.{field.name} = {field.number} takes a reserved number")


def _compare_numbers(name: str, old: dict[int, str], new: dict[int, str], faults: list[str]):
    for number, value in old.items():
        if new.get(number) != value:
            faults.append(f"{name}: {number} is {new.get(number)}, was {value}")


def _oneof(message, field) -> str:
    return message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""


def _messages(files: descriptor_pb2.FileDescriptorSet) -> dict:
    found = {}

    def add(prefix: str, message):
        found[f"{prefix}.{message.name}"] = message
        for nested in message.nested_type:
            add(f"{prefix}.{message.name}", nested)

    for file in files.file:
        for message in file.message_type:
            add(file.package, message)
    return found


def _enums(files: descriptor_pb2.FileDescriptorSet) -> dict:
    found = {f"{file.package}.{enum.name}": enum for file in files.file for enum in file.enum_type}
    return found | {f"{name}.{enum.name}": enum for name, message in _messages(files).items() for enum in message.enum_type}


def _methods(files: descriptor_pb2.FileDescriptorSet) -> dict[str, tuple]:
    return {
        f"{file.package}.{service.name}/{method.name}": (method.input_type, method.output_type, method.client_streaming, method.server_streaming)
        for file in files.file for service in file.service for method in service.method}
