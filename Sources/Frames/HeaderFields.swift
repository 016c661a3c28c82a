// Byte offsets of the fields that the builder sets and the modifiers change, from each header's start.

/// IEEE 802.3.
enum EthernetField {
    static let destination = 0
    static let source = 6
    static let etherType = 12
}

/// IEEE 802.1Q, from the tag's own start.
enum VLANField {
    static let tagControl = 2
}

/// RFC 791.
enum IPv4Field {
    static let versionAndLength = 0
    static let trafficClass = 1
    static let totalLength = 2
    static let identification = 4
    static let flagsAndOffset = 6
    static let timeToLive = 8
    static let protocolNumber = 9
    static let checksum = 10
    static let source = 12
    static let destination = 16
    static let headerBytes = 20
}

/// RFC 8200.
enum IPv6Field {
    static let versionAndClass = 0
    static let payloadLength = 4
    static let nextHeader = 6
    static let hopLimit = 7
    static let source = 8
    static let destination = 24
    static let headerBytes = 40
}

/// RFC 768.
enum UDPField {
    static let sourcePort = 0
    static let destinationPort = 2
    static let length = 4
    static let checksum = 6
    static let headerBytes = 8
    static let protocolNumber: UInt8 = 17
}

/// RFC 9293.
enum TCPField {
    static let sourcePort = 0
    static let destinationPort = 2
    static let sequence = 4
    static let acknowledgement = 8
    static let dataOffset = 12
    static let flags = 13
    static let window = 14
    static let checksum = 16
    static let headerBytes = 20
    static let protocolNumber: UInt8 = 6
}
