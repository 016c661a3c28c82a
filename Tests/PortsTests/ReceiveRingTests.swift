import CLinux
import Testing

@testable import Ports

/// Plays `prb_fill_curr_block` and `prb_close_block` over heap memory.
private struct PlayedBlocks {
    let base: UnsafeMutableRawPointer
    let blockBytes: Int
    let blocks: Int
    var block = 0

    struct Frame {
        var bytes: [UInt8]
        var wireBytes: Int
        var nanoseconds: UInt64
        var hasTag = false
        /// `gso_size`, in a virtio-net header in front of the frame.
        var segmentBytes: UInt16 = 0
    }

    /// Fills the next block and hands it over; false if the reader still has it.
    mutating func fill(_ frames: [Frame]) -> Bool {
        let start = base + block * blockBytes
        guard start.load(fromByteOffset: 8, as: UInt32.self) == UInt32(TP_STATUS_KERNEL) else { return false }
        var cursor = 48
        start.storeBytes(of: UInt32(frames.count), toByteOffset: 12, as: UInt32.self)
        start.storeBytes(of: UInt32(cursor), toByteOffset: 16, as: UInt32.self)
        for (position, frame) in frames.enumerated() {
            let header = start + cursor
            let mac = 82
            let length = (mac + frame.bytes.count + 7) & ~7
            let isLast = position == frames.count - 1
            header.storeBytes(of: UInt32(isLast ? 0 : length), toByteOffset: 0, as: UInt32.self)
            header.storeBytes(of: UInt32(frame.nanoseconds / 1_000_000_000), toByteOffset: 4, as: UInt32.self)
            header.storeBytes(of: UInt32(frame.nanoseconds % 1_000_000_000), toByteOffset: 8, as: UInt32.self)
            header.storeBytes(of: UInt32(frame.bytes.count), toByteOffset: 12, as: UInt32.self)
            header.storeBytes(of: UInt32(frame.wireBytes), toByteOffset: 16, as: UInt32.self)
            header.storeBytes(
                of: UInt32(TP_STATUS_USER) | (frame.hasTag ? UInt32(TP_STATUS_VLAN_VALID) : 0), toByteOffset: 20,
                as: UInt32.self)
            header.storeBytes(of: UInt16(mac), toByteOffset: 24, as: UInt16.self)
            header.storeBytes(of: frame.segmentBytes, toByteOffset: mac - 10 + 4, as: UInt16.self)
            frame.bytes.withUnsafeBytes { (header + mac).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            cursor += length
        }
        start.storeBytes(of: UInt32(TP_STATUS_USER), toByteOffset: 8, as: UInt32.self)
        block = (block + 1) % blocks
        return true
    }
}

private func withRing(
    blocks: Int = 2, _ body: (inout ReceiveRing, inout PlayedBlocks, inout ReceivedFrame) throws -> Void
) rethrows {
    let blockBytes = 4096
    let memory = UnsafeMutableRawPointer.allocate(byteCount: blocks * blockBytes, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: blocks * blockBytes)
    defer { memory.deallocate() }
    var ring = ReceiveRing(base: memory, blockBytes: blockBytes, blockCount: blocks)
    var played = PlayedBlocks(base: memory, blockBytes: blockBytes, blocks: blocks)
    var frame = ReceivedFrame()
    try body(&ring, &played, &frame)
}

@Suite struct ReceiveRingTests {
    @Test func nothingToReadBeforeTheKernelClosesABlock() {
        withRing { ring, _, _ in check(!ring.peek()) }
    }

    @Test func framesComeInOrderWithTheirTimesAndLengths() {
        withRing { ring, played, frame in
            let sent = (1...5).map {
                PlayedBlocks.Frame(
                    bytes: [UInt8](repeating: UInt8($0), count: 20 + $0), wireBytes: 1000 + $0,
                    nanoseconds: 1_700_000_000_123_456_789 + UInt64($0), hasTag: $0 == 3)
            }
            check(played.fill(sent))
            check(ring.peek())
            check(ring.batchNanoseconds == 1_700_000_000_123_456_790)
            for expected in sent {
                check(ring.read(&frame))
                check(frame.capturedBytes == expected.bytes.count)
                check(frame.wireBytes == expected.wireBytes)
                check(frame.timestampNanoseconds == expected.nanoseconds)
                check(frame.strippedTagBytes == (expected.hasTag ? 4 : 0))
                check(frame.bytes.load(as: UInt8.self) == expected.bytes[0])
            }
            check(!ring.read(&frame))
            check(ring.batchNanoseconds == 0)
            ring.release()
            check(!ring.peek())
            check(ring.malformedBatches == 0)
        }
    }

    @Test func eachFrameSaysWhatItWouldBeCutInto() {
        withRing { ring, played, frame in
            check(ring.segmentBytes == 0)
            let sizes: [UInt16] = [1_448, 0, 1_472]
            check(played.fill(sizes.map { PlayedBlocks.Frame(bytes: [1, 2, 3], wireBytes: 64_000, nanoseconds: 1, segmentBytes: $0) }))
            check(ring.peek())
            for size in sizes {
                check(ring.read(&frame))
                check(ring.segmentBytes == Int(size))
            }
            // A frame that stands where no such header has room, or beyond its block, says nothing.
            let last = 48 + 2 * 88
            for mac in [50, 4_096] as [UInt16] {
                played.base.storeBytes(of: mac, toByteOffset: last + 24, as: UInt16.self)
                check(ring.segmentBytes == 0)
            }
        }
    }

    @Test func aReleasedBlockIsTheKernelsAgain() {
        withRing(blocks: 2) { ring, played, frame in
            let one = [PlayedBlocks.Frame(bytes: [1, 2, 3], wireBytes: 3, nanoseconds: 1)]
            check(played.fill(one))
            check(played.fill(one))
            check(!played.fill(one))
            for _ in 0..<10 {
                check(ring.peek())
                while ring.read(&frame) {}
                ring.release()
                check(played.fill(one))
            }
        }
    }

    @Test(arguments: [
        ("first frame beyond the block", 16, UInt32(5000)), ("first frame at nowhere", 16, 0),
        ("captured length beyond the block", 48 + 12, 100_000)
    ])
    func impossibleOffsetsEndTheBlockAndAreCounted(_ what: String, _ offset: Int, _ value: UInt32) {
        withRing { ring, played, frame in
            check(played.fill([PlayedBlocks.Frame(bytes: [1, 2, 3], wireBytes: 3, nanoseconds: 1)]))
            played.base.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
            check(ring.peek())
            check(!ring.read(&frame), "\(what)")
            check(ring.malformedBatches == 1)
            ring.release()
        }
    }

    @Test func anOffsetToTheNextFrameIsCheckedAsWell() {
        withRing { ring, played, frame in
            let frames = (0..<2).map { PlayedBlocks.Frame(bytes: [UInt8($0)], wireBytes: 1, nanoseconds: 1) }
            check(played.fill(frames))
            played.base.storeBytes(of: UInt32(4090), toByteOffset: 48, as: UInt32.self)
            check(ring.peek())
            check(ring.read(&frame))
            check(!ring.read(&frame))
            check(ring.malformedBatches == 1)
        }
    }
}
