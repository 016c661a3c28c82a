import TestSupport
import Testing

@testable import Frames
@testable import Traffic

/// Signatures in frames of others.
@Suite struct TransportPlaceTests {
    private static let addresses = (IPv4Address(value: 0xC612_0001), IPv4Address(value: 0xC612_0002))
    private static let ethernet = EthernetLayer(
        destination: MACAddress(value: 0x02_00_00_00_00_02), source: MACAddress(value: 0x02_00_00_00_00_01))

    private func stampPoint(_ bytes: [UInt8]) -> StampPoint? { bytes.withUnsafeBytes { StampPoint(in: $0) } }

    private func stamped(_ bytes: [UInt8], _ point: StampPoint) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes {
            Signature.stamp(
                $0.baseAddress!, point, stream: StreamIdentifier(epoch: 3, worker: 0, key: 77), sequence: 70_000,
                timestampNanoseconds: 1 << 60)
        }
        return bytes
    }

    /// Whatever the checksum was, it is right behind it, and the receiver finds the signature where the sender put it.
    @Test func randomStacksGetRightChecksums() {
        var stacks = RandomStack()
        var count = 0
        for _ in 0..<5_000 {
            var bytes = FrameStack.build(stacks.next())
            guard let point = stampPoint(bytes) else { continue }
            count += 1
            if point.checksumOffset != 0 { bytes[Int(point.checksumOffset)] ^= 0x40 }
            let after = stamped(bytes, point)
            let decoded = FrameDecoder.decode(after)
            #expect(!decoded.problems.contains { $0.contains("checksum") }, "\(decoded.problems)")
            let place = after.withUnsafeBytes { TransportPlace($0.baseAddress!, capturedBytes: $0.count) }
            #expect(place?.payloadOffset == Int(point.signatureOffset))
            let signature = after.withUnsafeBytes {
                Signature.read($0.baseAddress!, at: Int(point.signatureOffset), capturedBytes: $0.count)
            }
            #expect(signature?.sequence == 70_000 && signature?.stream.key == 77)
            for index in bytes.indices where index < Int(point.signatureOffset) || index >= Int(point.signatureOffset) + Signature.byteCount
            {
                if index != Int(point.checksumOffset), index != Int(point.checksumOffset) + 1 { #expect(after[index] == bytes[index]) }
            }
        }
        #expect(count > 200)
    }

    private func udp(payloadBytes: Int, _ change: (inout IPv4Layer) -> Void = { _ in }, checksum: UInt16? = nil) -> [UInt8] {
        var ip = IPv4Layer(source: Self.addresses.0, destination: Self.addresses.1)
        change(&ip)
        return FrameStack.build([
            Self.ethernet, ip, UDPLayer(sourcePort: 50_100, destinationPort: 50_101, checksum: checksum),
            PayloadLayer([UInt8](repeating: 9, count: payloadBytes))
        ])
    }

    @Test func noChecksumStaysNone() throws {
        let bytes = udp(payloadBytes: 30, checksum: 0)
        let point = try #require(stampPoint(bytes))
        #expect(point.checksumOffset == 0 && stamped(bytes, point)[40...41] == [0, 0])
    }

    @Test func whatHasNoRoomIsLeftAlone() {
        #expect(stampPoint(udp(payloadBytes: 18)) != nil)
        #expect(stampPoint(udp(payloadBytes: 17)) == nil)
        // Padding behind the datagram is no payload.
        #expect(stampPoint(udp(payloadBytes: 17) + [0, 0]) == nil)
        #expect(stampPoint(Array(udp(payloadBytes: 18).dropLast())) == nil)
        var fragment = udp(payloadBytes: 60)
        fragment[20] = 0x20
        #expect(stampPoint(fragment) == nil)
        fragment[20] = 0x40
        #expect(stampPoint(fragment) != nil)
        for length in 0..<60 { #expect(stampPoint(Array(udp(payloadBytes: 18).prefix(length))) == nil) }
    }
}
