/// Events in the order of their times, those of one time in the order in which they were made: a binary heap.
struct PlayedTime<Event> {
    private struct Entry {
        let moment: UInt64
        let number: UInt64
        let event: Event

        func isBefore(_ other: Entry) -> Bool { moment != other.moment ? moment < other.moment : number < other.number }
    }

    private var entries: [Entry] = []
    private var made: UInt64 = 0
    private(set) var now: UInt64 = 0
    private(set) var most = 0

    var count: Int { entries.count }

    /// Never before now.
    mutating func schedule(_ event: Event, at moment: UInt64) {
        entries.append(Entry(moment: max(moment, now), number: made, event: event))
        made += 1
        most = max(most, entries.count)
        var place = entries.count - 1
        while place > 0, entries[place].isBefore(entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The next event; time moves on to it.
    mutating func next() -> Event? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var place = 0
            while true {
                var least = place
                for child in [2 * place + 1, 2 * place + 2] where child < entries.count && entries[child].isBefore(entries[least]) {
                    least = child
                }
                if least == place { break }
                entries.swapAt(place, least)
                place = least
            }
        }
        now = first.moment
        return first.event
    }
}
