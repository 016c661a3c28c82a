import Foundation
import Frames
import Traffic

/// A capture file as of a small office: UDP and TCP, IPv4 and IPv6, with one tag, two, or none, at times that differ, and among them records that no stream
/// can send.
public enum OfficeCapture {
    /// Frames that are sent.
    public static let frames = 33
    /// Of those, with FCS.
    public static let sizes = 17
    /// Records that aren't: ARP, bare acknowledgements, cut ones.
    public static let skipped = 8

    /// Writes it as a pcap file of nanoseconds.
    public static func write(to path: String) throws {
        var records: [(bytes: [UInt8], wireBytes: Int)] = []
        for number in 0..<frames {
            var recipe = FrameRecipe()
            // Each kind of headers with each of many sizes.
            switch number % 6 {
            case 0: recipe.destinationPort = 53
            case 1: recipe.transport = .tcp
            case 2: recipe.network = .ipv6
            case 3: (recipe.network, recipe.transport) = (.ipv6, .tcp)
            case 4: recipe.vlans = [7]
            default: recipe.vlans = [100, 200]
            }
            recipe.sourcePort = UInt16(40_000 + number)
            recipe.udpChecksum = true
            (recipe.source, recipe.destination) = (MACAddress(value: 0x02_00_00_00_00_0A), MACAddress(value: 0x02_00_00_00_00_0B))
            recipe.sizeBytes = 100 + number % sizes * 83
            let template = try FrameBuilder.build(recipe)
            var bytes = template.bytes
            // As somebody else's payload would be, who knows of no signature.
            for place in Int(template.stampPoint.signatureOffset)..<bytes.count {
                bytes[place] = UInt8(truncatingIfNeeded: place &* 31 &+ number)
            }
            records.append((bytes, bytes.count))
            if number % 11 == 5 {
                let arp = [UInt8](repeating: 0xFF, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
                records += [(arp, arp.count), (Array(bytes.prefix(54)), bytes.count)]
            }
        }
        var acknowledgement = FrameRecipe()
        acknowledgement.transport = .tcp
        acknowledgement.sizeBytes = 76
        let bare = Array(try FrameBuilder.build(acknowledgement).bytes.prefix(54))
        records += [(bare, bare.count), (bare, bare.count)]
        precondition(records.count == frames + skipped, "what the constants say is in it")
        try Data(file(records)).write(to: URL(fileURLWithPath: path))
    }

    private static func file(_ records: [(bytes: [UInt8], wireBytes: Int)]) -> [UInt8] {
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var file = little(0xA1B2_3C4D) + [2, 0, 4, 0] + little(0) + little(0) + little(262_144) + little(1)
        var nanoseconds: UInt32 = 0
        for (number, record) in records.enumerated() {
            // Closely, and then for long not.
            nanoseconds += number.isMultiple(of: 5) ? 7_000_000 : 90_000
            file += little(1_700_000_000) + little(nanoseconds) + little(UInt32(record.bytes.count)) + little(UInt32(record.wireBytes))
            file += record.bytes
        }
        return file
    }
}
