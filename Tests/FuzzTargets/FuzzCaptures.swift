import Frames
import Traces

/// A capture file: its frames are read up to where it is broken, and decoded.
public func fuzzCaptures(_ input: [UInt8]) {
    // A broken file is an error, and that is all it may be.
    try? CaptureFileReader.read(input) { reader throws(TraceError) in
        while let frame = try reader.next() {
            _ = FrameDecoder.decode(frame.bytes, wireBytes: frame.wireBytes)
        }
    }
}
