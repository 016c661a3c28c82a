import Frames
import Reports
import Traces

/// A capture file, packed or not: its frames are read up to where it is broken, decoded, told, matched against a filter, and written in either form.
public func fuzzCaptures(_ input: [UInt8]) {
    // A broken file is an error, and that is all it may be.
    try? CaptureFileReader.read(input, takesOtherLinkTypes: true) { reader throws(TraceError) in
        let writers = try CaptureFormat.Container.allCases.map { (container) throws(TraceError) in
            try CaptureFileWriter(path: "/dev/null", format: CaptureFormat(container), interfaces: reader.interfaces)
        }
        let matcher = try FrameMatcher("udp or vlan")
        var told = reader.interfaceCount
        while let frame = try reader.next() {
            let interfaces = reader.interfaces
            for writer in writers { writer.add(interfaces[told...]) }
            told = interfaces.count
            let interface = interfaces[frame.interface]
            let report = FrameReport(frame, number: 1, relativeNanoseconds: frame.timestampNanoseconds, interface: interface)
            precondition(!report.line(.plain).contains("\n"), "a frame's line is more than one")
            precondition(!report.fields(FrameReport.fieldNames).contains("\u{1B}"), "an escape reaches the terminal")
            _ = matcher.matches(frame, linkType: interface.linkType)
            // What a form can't hold is an error too: other link types, other centuries.
            for writer in writers { try? writer.write(frame) }
        }
    }
}
