import Kernel
import Metrics
import Reports
import Traces

/// `sniff -r`: frames out of a capture file.
struct FileReading {
    let path: String
    let filter: String?
    let limit: UInt64
    let printer: FramePrinter?
    /// Where to write them; nil if they are only shown.
    let output: String?
    let isQuiet: Bool

    private struct Counts {
        var seen: UInt64 = 0
        var matched: UInt64 = 0
        var cut: UInt64 = 0
    }

    func run() throws {
        let reader = try CaptureFileReader(path: path, takesOtherLinkTypes: true)
        let matcher = try filter.map(FrameMatcher.init)
        var counts = Counts()
        // A file that is broken from the start is no reason to empty another.
        let first = try reader.next()
        let writer = try output.map { try CaptureFileWriter(path: $0, interfaces: reader.interfaces, apartFrom: reader.identity) }
        var failure: (any Error)?
        do {
            try read(reader, from: first, matcher, writer, &counts)
        } catch {
            failure = error
        }
        // What came before the damage is shown and kept all the same.
        do { try printer?.flush() } catch { failure = failure ?? error }
        do { try writer?.flush() } catch { failure = failure ?? error }
        if !isQuiet { report(counts, matcher, writer) }
        if let failure { throw failure }
    }

    private func read(
        _ reader: CaptureFileReader, from first: CapturedFrame?, _ matcher: FrameMatcher?, _ writer: CaptureFileWriter?,
        _ counts: inout Counts
    ) throws {
        var next = first
        var interfaces = reader.interfaces
        while counts.matched < limit, let frame = next {
            if reader.interfaceCount > interfaces.count {
                writer?.add(reader.interfaces[interfaces.count...])
                interfaces = reader.interfaces
            }
            counts.seen += 1
            let interface = interfaces[frame.interface]
            if matcher?.matches(frame, linkType: interface.linkType) ?? true {
                counts.matched += 1
                if frame.isCut { counts.cut += 1 }
                try printer?.show(frame, of: interface)
                try writer?.write(frame)
            }
            // Of what comes behind the last one nothing is asked.
            next = counts.matched < limit ? try reader.next() : nil
        }
    }

    private func report(_ counts: Counts, _ matcher: FrameMatcher?, _ writer: CaptureFileWriter?) {
        var parts = [
            "\(FigureText.count(counts.seen)) \(counts.seen == 1 ? "frame" : "frames") in \(path.visible)",
            "\(FigureText.count(counts.matched)) matched"
        ]
        if counts.cut > 0 { parts.append("\(FigureText.count(counts.cut)) cut by whoever captured them") }
        if let matcher, matcher.incomparable > 0 {
            parts.append("\(FigureText.count(matcher.incomparable)) of a link type that the filter says nothing of")
        }
        if let writer, writer.shortened > 0 {
            parts.append("\(FigureText.count(writer.shortened)) cut to \(FigureText.count(CaptureFilter.maximumBytes)) bytes in the file")
        }
        Exit.say(parts.joined(separator: ", "))
    }
}
