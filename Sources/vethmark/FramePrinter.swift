import Kernel
import Reports
import Traces

/// Frames to stdout, in the form that was asked for.
final class FramePrinter {
    private let form: SniffCommand.Form
    private let fields: [String]
    private let showsDetails: Bool
    private let showsBytes: Bool
    private let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
    private var number: UInt64 = 0
    private var firstNanoseconds: Int128?

    init(form: SniffCommand.Form, fields: [String], showsDetails: Bool, showsBytes: Bool) {
        self.form = form
        self.fields = fields
        self.showsDetails = showsDetails
        self.showsBytes = showsBytes
    }

    /// - Parameter interface: what saw the frame, where that is known.
    func show(_ frame: CapturedFrame, of interface: CaptureInterface?) throws {
        number += 1
        // One without a time is no place to count from.
        if firstNanoseconds == nil, frame.hasTime { firstNanoseconds = frame.timestampNanoseconds }
        let elapsed = frame.timestampNanoseconds - (firstNanoseconds ?? frame.timestampNanoseconds)
        let report = FrameReport(frame, number: number, relativeNanoseconds: elapsed, interface: interface)
        switch form {
        case .json: try Terminal.print(report.json())
        case .fields: try Terminal.print(report.fields(fields))
        case .text:
            try Terminal.print(report.line(style))
            if showsDetails { try Terminal.print(report.layers(style)) }
            if showsBytes { try Terminal.print(report.hexDump()) }
        }
    }

    /// What was printed so far reaches a pipe at once.
    func flush() throws { try Terminal.flush() }
}
