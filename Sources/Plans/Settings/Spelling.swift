/// Finds what a user may have meant.
public enum Spelling {
    /// The nearest of `candidates`, if it is near enough: one error for every three letters, and one at least.
    public static func suggestion(for word: String, among candidates: [String]) -> String? {
        // Longer words come from no keyboard, and comparing them takes its time.
        guard word.utf8.count <= 64 else { return nil }
        let plain = normalized(word)
        let nearest =
            candidates
            .map { (name: $0, distance: distance(plain, normalized($0))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(1, plain.count / 3) else { return nil }
        return nearest.name
    }

    /// `ring_slots`, `ringSlots` and `Ring-Slots` are the same word.
    private static func normalized(_ word: String) -> [Character] {
        Array(word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " })
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    package static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var best = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
