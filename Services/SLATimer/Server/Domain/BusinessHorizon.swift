/// The counted time within a stretch of UTC time: sorted intervals with running sums, so that each question is a binary search.
struct BusinessHorizon: Sendable {
    /// What the horizon covers: [from, until), UTC milliseconds.
    private(set) var fromMilliseconds: Int64
    private(set) var untilMilliseconds: Int64
    private var starts: [Int64] = []
    private var ends: [Int64] = []
    /// Counted milliseconds before each interval.
    private var sums: [Int64] = []

    init(from fromMilliseconds: Int64) {
        self.fromMilliseconds = fromMilliseconds
        untilMilliseconds = fromMilliseconds
    }

    /// Covers further time: `week`'s counted pieces of [untilMilliseconds, until).
    mutating func extend(to until: Int64, _ week: CalendarWeek) {
        guard until > untilMilliseconds else { return }
        week.forEachPiece(from: untilMilliseconds, until: until) { piece in
            guard piece.reason == .businessHours else { return }
            append(piece.fromMilliseconds, piece.untilMilliseconds)
        }
        untilMilliseconds = until
    }

    /// Intervals that touch become one.
    private mutating func append(_ start: Int64, _ end: Int64) {
        if let last = ends.indices.last, ends[last] == start {
            ends[last] = end
            return
        }
        let counted = starts.indices.last.map { sums[$0] + ends[$0] - starts[$0] } ?? 0
        starts.append(start)
        ends.append(end)
        sums.append(counted)
    }

    /// Counted milliseconds in [fromMilliseconds, instant).
    func counted(until instant: Int64) -> Int64 {
        precondition(instant >= fromMilliseconds && instant <= untilMilliseconds, "the horizon covers the instant")
        let next = starts.firstIndexInSorted { $0 > instant }
        guard next > 0 else { return 0 }
        return sums[next - 1] + min(instant, ends[next - 1]) - starts[next - 1]
    }

    /// The first instant at which so many milliseconds (over 0) have counted since `fromMilliseconds`; nil when the horizon ends before.
    func instant(counted: Int64) -> Int64? {
        let index = sums.firstIndexInSorted { $0 >= counted } - 1
        guard index >= 0 else { return nil }
        let instant = starts[index] + counted - sums[index]
        return instant <= ends[index] ? instant : nil
    }
}

extension [Int64] {
    /// The first index whose element fulfils `predicate`, which holds for all elements after the first that fulfils it; `count` for none.
    fileprivate func firstIndexInSorted(where predicate: (Int64) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
