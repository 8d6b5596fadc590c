import Model
import Store
import Wire

extension Reader {
    /// The calendar as it stands; nil when there is none.
    func calendar(_ id: Int64) throws -> BusinessCalendar? {
        try row("SELECT body FROM calendar WHERE id = ? AND is_current = 1", [.integer(id)])
            .map { try BusinessCalendar(serialized: $0.blob("body")) }
    }

    /// The calendar as it stood in that version.
    func calendar(_ id: Int64, version: Int64) throws -> BusinessCalendar? {
        try row("SELECT body FROM calendar WHERE id = ? AND version = ?", [.integer(id), .integer(version)])
            .map { try BusinessCalendar(serialized: $0.blob("body")) }
    }

    func calendars(afterID: Int64, limit: Int) throws -> [BusinessCalendar] {
        try rows(
            "SELECT body FROM calendar WHERE is_current = 1 AND id > ? ORDER BY id LIMIT ?",
            [.integer(afterID), Value(limit)]
        ).map { try BusinessCalendar(serialized: $0.blob("body")) }
    }

    /// Whether a policy counts by the calendar.
    func isCalendarUsed(_ id: Int64) throws -> Bool {
        try row("SELECT id FROM policy WHERE calendar_id = ? AND is_current = 1 LIMIT 1", [.integer(id)]) != nil
    }
}

extension Transaction {
    /// Stores a calendar: a new one, or the next version of `old`. Answers it as stored.
    func save(_ calendar: BusinessCalendar, replacing old: BusinessCalendar? = nil) throws -> BusinessCalendar {
        var calendar = calendar
        calendar.id = try old?.id ?? nextID("calendar")
        calendar.version = (old?.version ?? 0) + 1
        try removeCalendar(calendar.id)
        try execute(
            "INSERT INTO calendar (id, version, is_current, name, body) VALUES (?, ?, 1, ?, ?)",
            [.integer(calendar.id), .integer(calendar.version), .text(calendar.name), .blob(calendar.serialized())])
        return calendar
    }

    /// The calendar counts no more; its versions stay for the timers that were set by them.
    func removeCalendar(_ id: Int64) throws {
        try execute("UPDATE calendar SET is_current = 0 WHERE id = ? AND is_current = 1", [.integer(id)])
    }
}
