import Glibc

/// How far this process's CLOCK_MONOTONIC is ahead of the kernel's own (time_namespaces(7)).
public enum TimeNamespace {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Nanoseconds; 0 outside of a time namespace. A namespace's offsets can't change once a process is in it.
    public static let monotonicOffsetNanoseconds: Int64 = {
        // The file speaks of the namespace that children get; where that isn't ours, ours is the one we were born in.
        guard link("time") == link("time_for_children"), let text = TextFile.read("/proc/self/timens_offsets") else { return 0 }
        return monotonicOffset(in: text)
    }()

    /// `monotonic SECONDS NANOSECONDS`, the seconds signed, the nanoseconds counting up from them.
    static func monotonicOffset(in text: String) -> Int64 {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 3, words[0] == "monotonic", let seconds = Int64(words[1]), let nanoseconds = Int64(words[2]) else {
                continue
            }
            return seconds &* 1_000_000_000 &+ nanoseconds
        }
        return 0
    }

    private static func link(_ name: String) -> String? {
        var target = [CChar](repeating: 0, count: 64)
        let length = unsafe readlink("/proc/self/ns/\(name)", &target, target.count - 1)
        return length < 0 ? nil : String(decoding: target.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
