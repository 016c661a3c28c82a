/// Lines that belong together, and how much they matter where not all fit.
struct LiveSection {
    /// Lower ones get room first.
    var rank: Int
    /// Above the lines where two of them fit at least.
    var heading: LiveLine?
    var lines: [LiveLine]
    /// How many lines it gets before others get more than that.
    var least = 1
    /// Of a list, the line that is to be seen; nil if it is no list.
    var focus: Int?
    /// Whether a blank line stands above it where there is room.
    var isApart = false

    private var all: Int { lines.count + (heading == nil ? 0 : 1) }

    /// - Parameter rows: how many there are for it.
    private func shown(_ rows: Int) -> [LiveLine] {
        guard rows > 0 else { return [] }
        guard rows >= 2, let heading else { return window(rows) }
        return [heading] + window(rows - 1)
    }

    private func window(_ rows: Int) -> [LiveLine] {
        guard lines.count > rows else { return lines }
        guard let focus else { return Array(lines.prefix(rows)) }
        let room = rows >= 3 ? rows - 1 : rows
        let first = max(0, min(lines.count - room, focus - room / 2))
        let part = Array(lines[first..<first + room])
        return room < rows ? part + [LiveLine("  … \(lines.count - room) more", .faint)] : part
    }

    /// Sections one below the other in so many rows at most.
    static func arrange(_ sections: [LiveSection], rows: Int) -> [LiveLine] {
        var left = max(rows, 0)
        var given = sections.map { _ in 0 }
        let order = sections.indices.sorted { (sections[$0].rank, $0) < (sections[$1].rank, $1) }
        for index in order {
            let needed = min(sections[index].least, sections[index].all)
            guard needed <= left else { continue }
            given[index] = needed
            left -= needed
        }
        for index in order where given[index] > 0 {
            let more = min(left, sections[index].all - given[index])
            given[index] += more
            left -= more
        }
        var lines: [LiveLine] = []
        for (index, section) in sections.enumerated() where given[index] > 0 {
            if section.isApart, !lines.isEmpty, left > 0 {
                lines.append(LiveLine())
                left -= 1
            }
            lines += section.shown(given[index])
        }
        return lines
    }
}
