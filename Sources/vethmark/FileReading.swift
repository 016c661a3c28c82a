import Metrics
import Reports
import Traces

/// `sniff -r`: frames out of a capture file.
struct FileReading {
    let path: String
    let filter: String?
    let limit: UInt64
    let printer: FramePrinter?
    let writer: CaptureFileWriter?
    let isQuiet: Bool

    func run() throws {
        let reader = try CaptureFileReader(path: path)
        let matcher = try filter.map(FrameMatcher.init)
        var seen: UInt64 = 0
        var matched: UInt64 = 0
        // What came before the damage is shown and kept all the same.
        defer {
            // What can't be printed is told when the program ends.
            try? printer?.flush()
            if !isQuiet { Exit.say("\(FigureText.count(seen)) frames in \(path), \(FigureText.count(matched)) matched") }
        }
        while matched < limit, let frame = try reader.next() {
            seen += 1
            guard matcher?.matches(frame) ?? true else { continue }
            matched += 1
            try printer?.show(frame)
            try writer?.write(frame)
        }
        try writer?.flush()
    }
}
