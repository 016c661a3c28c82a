import Kernel
import Reports
import Traces

/// Frames to stdout, in the form that was asked for.
final class FramePrinter {
    private let form: SniffCommand.Form
    private let fields: [String]
    private let showsDetails: Bool
    private let showsBytes: Bool
    private let interface: String?
    private let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
    private var number: UInt64 = 0
    private var firstNanoseconds: UInt64?

    init(form: SniffCommand.Form, fields: [String], showsDetails: Bool, showsBytes: Bool, interface: String?) {
        self.form = form
        self.fields = fields
        self.showsDetails = showsDetails
        self.showsBytes = showsBytes
        self.interface = interface
    }

    func show(_ frame: CapturedFrame) throws {
        number += 1
        let first = firstNanoseconds ?? frame.timestampNanoseconds
        firstNanoseconds = first
        let elapsed = frame.timestampNanoseconds >= first ? frame.timestampNanoseconds - first : 0
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
