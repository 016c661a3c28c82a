@testable import Kernel
@testable import Links

/// A datagram of the kernel's: split into messages, each read as a link and as its description.
public func fuzzNetlink(_ input: [UInt8]) {
    var messages: [[UInt8]] = []
    // An error in the datagram is an answer like another.
    _ = try? NetlinkSocket.collect(input[...], into: &messages)
    for message in messages {
        let link = Link(message: message)
        _ = LinkDescription(message: message, among: link.map { [$0.index: $0] } ?? [:])
        walk(EthtoolTable.attributes(of: message), depth: 0)
    }
}

/// Every attribute as if it were nested, text and number.
private func walk(_ attributes: NetlinkAttributes, depth: Int) {
    guard depth < 8 else { return }
    for (type, _) in attributes.values {
        _ = attributes.string(type)
        _ = attributes.integer(type, as: UInt64.self)
        if let nested = attributes.nested(type) { walk(nested, depth: depth + 1) }
    }
}
