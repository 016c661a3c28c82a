/// The kernel's list format for CPUs and nodes: `0-3,8,10-11` (Documentation/admin-guide/cputopology).
public enum CPUList {
    /// No machine has more; a longer list is a mistake.
    static let maximum = 65_535

    /// Nil for text that is no such list; an empty line is an empty list.
    public static func parse(_ text: some StringProtocol) -> [Int]? {
        let trimmed = text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
        guard !trimmed.isEmpty else { return [] }
        var numbers: [Int] = []
        for part in trimmed.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
            guard let first = ends[0], ends.count <= 2, let last = ends.count == 2 ? ends[1] : first, first <= last,
                last <= maximum
            else { return nil }
            numbers.append(contentsOf: first...last)
        }
        return Array(Set(numbers)).sorted()
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    public static func format(_ numbers: [Int]) -> String {
        var parts: [String] = []
        var rest = numbers.sorted()[...]
        while let first = rest.first {
            var last = first
            rest = rest.dropFirst()
            while rest.first == last + 1 {
                last += 1
                rest = rest.dropFirst()
            }
            parts.append(first == last ? "\(first)" : "\(first)-\(last)")
        }
        return parts.joined(separator: ",")
    }
}
