import Frames
import Reports
import Traces

/// The frame decoder, and the text that is made of what it found: whatever the bytes, it ends, and what was read is
/// written as it was.
public func fuzzFrames(_ input: [UInt8]) {
    let frame = FrameDecoder.decode(input)
    let layers = frame.layers.compactMap(\.content)
    guard layers.count == frame.layers.count else { return }
    let written = FrameStack.build(layers)
    precondition(written == Array(input[..<written.count]), "\(frame.protocols) is written otherwise than it was read")
    let report = FrameReport(CapturedFrame(timestampNanoseconds: 1, bytes: input), number: 1)
    precondition(!report.line(.plain).contains("\n"), "a frame's line is more than one")
}
