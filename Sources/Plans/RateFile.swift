import Kernel
import Metrics

/// A schedule of rates: lines of time and rate, between which the rate goes in a straight line. Two lines of one time make a step.
enum RateFile {
    typealias Stretch = (nanoseconds: UInt64, from: ShapeRate, to: ShapeRate)

    /// What is wrong with a file, to stand behind its name.
    package struct Problem: Error {
        package var found: String
        package var allowed = "a file of lines of time and rate, as in 500ms,10kpps"
        package var remedy = "mend that line"
    }

    /// A megabyte of lines is a schedule of more stretches than anybody writes.
    package static let largestBytes = 1 << 20
    static let largestLines = 16_384

    /// - Throws: `Problem`, with the line's number.
    package static func stretches(path: String) throws(Problem) -> [Stretch] {
        try stretches(text: try text(path: path))
    }

    package static func stretches(text: String) throws(Problem) -> [Stretch] {
        var points: [(nanoseconds: UInt64, rate: ShapeRate)] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let plain = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" }
            // The usual heading of such files.
            guard !plain.isEmpty, !(points.isEmpty && plain.lowercased() == "time,rate") else { continue }
            points.append(try point(plain, number: index + 1, behind: points.last?.nanoseconds))
            guard points.count <= largestLines else {
                throw Problem(found: "which has more than \(largestLines) lines", remedy: "leave some out")
            }
        }
        guard points.count >= 2, let last = points.last, last.nanoseconds > 0 else {
            throw Problem(
                found: "which has \(points.count) \(points.count == 1 ? "line" : "lines")",
                allowed: "a file of two lines of time and rate or more, the last of which is its end", remedy: "add lines, as in 10s,0")
        }
        return zip(points, points.dropFirst()).compactMap { from, to in
            to.nanoseconds == from.nanoseconds ? nil : (to.nanoseconds - from.nanoseconds, from.rate, to.rate)
        }
    }

    private static func point(
        _ line: String, number: Int, behind last: UInt64?
    ) throws(Problem) -> (nanoseconds: UInt64, rate: ShapeRate) {
        let found = "whose line \(number) is '\(line.onOneLine)'"
        let parts = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw Problem(found: found) }
        do throws(QuantityError) {
            let time = try DurationText(parsing: parts[0]).nanoseconds
            let rate = try ShapeRate(parsing: parts[1])
            guard time >= last ?? 0, last != nil || time == 0, time <= LoadShape.partNanoseconds.upperBound * 720 else {
                throw QuantityError(
                    quantity: "time", found: parts[0], problem: last == nil ? .tooLarge : .tooSmall,
                    allowed: "0 in the first line, and never less than in the line before")
            }
            return (time, rate)
        } catch {
            throw Problem(found: found + ", whose \(error.quantity) \(error.problem)", allowed: "a file whose times and rates can be read")
        }
    }

    private static func text(path: String) throws(Problem) -> String {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: largestBytes + 1, alignment: 1)
        defer { bytes.deallocate() }
        var filled = 0
        do throws(SystemError) {
            let file = try InputFile(path: path)
            while filled < bytes.count {
                let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
                if count == 0 { break }
                filled += count
            }
        } catch {
            throw Problem(found: "which can't be read (\(error))", remedy: "name a file that can be read")
        }
        guard filled <= largestBytes else { throw Problem(found: "which is larger than 1 MiB", remedy: "leave some lines out") }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
