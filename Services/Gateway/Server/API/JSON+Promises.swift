import Model

extension JSONValue {
    static func calendar(_ calendar: BusinessCalendar) -> JSONValue {
        let hours = Names.weekdays.enumerated().compactMap { index, name -> JSONMember? in
            let intervals = calendar.hours.filter { $0.weekday == Int32(index + 1) }
            guard !intervals.isEmpty else { return nil }
            let list = intervals.map { interval -> JSONValue in
                [
                    .string(TimeOfDay.text(ofMinutes: interval.startMinute)),
                    .string(TimeOfDay.text(ofMinutes: interval.endMinute)),
                ]
            }
            return JSONMember(name: name, value: .array(list))
        }
        let holidays = calendar.holidays.map { holiday -> JSONValue in
            ["date": .string(holiday.date), "name": .string(holiday.name)]
        }
        return [
            "id": .integer(calendar.id), "name": .string(calendar.name), "time_zone": .string(calendar.timeZone),
            "hours": .object(hours), "holidays": .array(holidays), "version": .integer(calendar.version),
        ]
    }

    static func policy(_ policy: SLAPolicy) -> JSONValue {
        let targets = policy.targets.map { target -> JSONMember in
            let value: JSONValue = [
                "first_response": .duration(target.firstResponseMilliseconds),
                "next_response": .duration(target.nextResponseMilliseconds),
                "resolution": .duration(target.resolutionMilliseconds),
            ]
            return JSONMember(name: target.priority.name, value: value)
        }
        return [
            "id": .integer(policy.id), "name": .string(policy.name), "position": .integer(Int64(policy.position)),
            "conditions": .condition(policy.conditions ?? Condition()), "calendar_id": .id(policy.calendarID),
            "targets": .object(targets), "warn_at": .number(policy.warnAt == 0 ? 0.8 : policy.warnAt),
            "version": .integer(policy.version),
        ]
    }

    private static func condition(_ condition: Condition) -> JSONValue {
        func list(_ comparisons: [Comparison]) -> JSONValue {
            .array(
                comparisons.map { comparison -> JSONValue in
                    [
                        "field": .string(comparison.field), "op": .string(comparison.op.name),
                        "value": .string(comparison.value),
                    ]
                })
        }
        return ["all": list(condition.all), "any": list(condition.any)]
    }

    static func interval(_ interval: ExplainedInterval) -> JSONValue {
        [
            "from": .string(Instant(milliseconds: interval.fromMilliseconds).description),
            "to": .string(Instant(milliseconds: interval.toMilliseconds).description),
            "counted": .bool(interval.counted), "why": .string(interval.why),
        ]
    }

    static func timer(_ timer: TicketTimer) -> JSONValue {
        [
            "metric": .string(timer.metric.name), "state": .string(timer.state.name),
            "started_at": .instant(timer.startedAtMilliseconds), "due_at": .instant(timer.dueAtMilliseconds),
            "remaining": .string(ISO8601Duration(milliseconds: timer.remainingMilliseconds).description),
            "policy_id": .id(timer.policyID), "policy_name": .text(timer.policyName),
            "calendar_id": .id(timer.calendarID), "ended_at": .instant(timer.endedAtMilliseconds),
            "warned": .bool(timer.warned), "explanation": .array(timer.explanation.map { .interval($0) }),
        ]
    }

    static func suppression(_ suppression: Suppression) -> JSONValue {
        [
            "id": .integer(suppression.id), "address": .string(suppression.address),
            "status": .string(suppression.status), "delivery_id": .id(suppression.deliveryID),
            "ticket_id": .id(suppression.ticketID), "at": .instant(suppression.atMilliseconds),
        ]
    }

    static func delivery(_ delivery: Delivery) -> JSONValue {
        [
            "id": .integer(delivery.id), "kind": .string(delivery.kind.name), "ticket_id": .id(delivery.ticketID),
            "message_id": .id(delivery.messageID), "recipient": .text(delivery.recipient),
            "state": .string(delivery.state.name), "attempts": .integer(Int64(delivery.attempts)),
            "next_attempt_at": .instant(delivery.nextAttemptAtMilliseconds), "last_error": .text(delivery.lastError),
            "message_id_header": .text(delivery.messageIDHeader),
            "created_at": .instant(delivery.createdAtMilliseconds),
            "sent_at": .instant(delivery.sentAtMilliseconds), "relay": .text(delivery.relay),
            "bounced_at": .instant(delivery.bouncedAtMilliseconds),
        ]
    }
}
