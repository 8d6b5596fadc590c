import Store

extension MoveRefusal {
    /// As in sysexits.h.
    var exitCode: Int32 {
        switch self {
        case .noStore: 66
        case .holdsStore: 73
        case .filledFromOther, .sourceWritten: 65
        case .sameEngine: 78
        }
    }
}
