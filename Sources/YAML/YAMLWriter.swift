import CLibYAML

/// From nodes to a text, by libyaml's emitter: two blanks a level, lines of any length.
///
/// Unsafe: the emitter points into itself and at the output, so both lie where they were made. It takes each event's memory as its own.
@safe public struct YAMLWriter: ~Copyable {
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let output: UnsafeMutablePointer<[UInt8]>

    /// Documents one behind the other, each a node; from two on they begin with `---`.
    public static func text(_ documents: [YAMLNode]) -> String {
        let writer = YAMLWriter()
        unsafe writer.emit { unsafe yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
        for document in documents {
            unsafe writer.emit { unsafe yaml_document_start_event_initialize($0, nil, nil, nil, documents.count > 1 ? 0 : 1) }
            writer.emit(document)
            unsafe writer.emit { unsafe yaml_document_end_event_initialize($0, 1) }
        }
        unsafe writer.emit { unsafe yaml_stream_end_event_initialize($0) }
        return unsafe String(decoding: writer.output.pointee, as: UTF8.self)
    }

    private init() {
        unsafe emitter = .allocate(capacity: 1)
        unsafe output = .allocate(capacity: 1)
        unsafe output.initialize(to: [])
        precondition(unsafe yaml_emitter_initialize(emitter) == 1, "there is no memory left")
        unsafe yaml_emitter_set_encoding(emitter, YAML_UTF8_ENCODING)
        unsafe yaml_emitter_set_unicode(emitter, 1)
        unsafe yaml_emitter_set_indent(emitter, 2)
        unsafe yaml_emitter_set_width(emitter, -1)
        unsafe yaml_emitter_set_output(
            emitter,
            { output, bytes, count in
                guard let output = unsafe output, let bytes = unsafe bytes else { return 0 }
                unsafe output.assumingMemoryBound(to: [UInt8].self).pointee.append(
                    contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                return 1
            }, output)
    }

    deinit {
        unsafe yaml_emitter_delete(emitter)
        unsafe emitter.deallocate()
        unsafe output.deinitialize(count: 1)
        unsafe output.deallocate()
    }

    /// Fails only without memory: texts are UTF-8, as Swift's always are, and events come in an order that a document has.
    private borrowing func emit(_ make: (UnsafeMutablePointer<yaml_event_t>) -> Int32) {
        var event = unsafe yaml_event_t()
        precondition(unsafe make(&event) == 1, "there is no memory left")
        precondition(unsafe yaml_emitter_emit(emitter, &event) == 1, "there is no memory left")
    }

    private borrowing func emit(_ node: YAMLNode) {
        switch node.content {
        case .scalar(let text, let style):
            let bytes = Array(text.utf8)
            unsafe emit { unsafe yaml_scalar_event_initialize($0, nil, nil, bytes, Int32(bytes.count), 1, 1, Self.style(style)) }
        case .sequence(let nodes, let style):
            let style = style == .flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            unsafe emit { unsafe yaml_sequence_start_event_initialize($0, nil, nil, 1, style) }
            for node in nodes { emit(node) }
            unsafe emit { unsafe yaml_sequence_end_event_initialize($0) }
        case .mapping(let pairs, let style):
            let style = style == .flow ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            unsafe emit { unsafe yaml_mapping_start_event_initialize($0, nil, nil, 1, style) }
            for pair in pairs {
                emit(pair.key)
                emit(pair.value)
            }
            unsafe emit { unsafe yaml_mapping_end_event_initialize($0) }
        }
    }

    private static func style(_ style: YAMLNode.ScalarStyle) -> yaml_scalar_style_t {
        switch style {
        case .any: YAML_ANY_SCALAR_STYLE
        case .plain: YAML_PLAIN_SCALAR_STYLE
        case .singleQuoted: YAML_SINGLE_QUOTED_SCALAR_STYLE
        case .doubleQuoted: YAML_DOUBLE_QUOTED_SCALAR_STYLE
        case .literal: YAML_LITERAL_SCALAR_STYLE
        case .folded: YAML_FOLDED_SCALAR_STYLE
        }
    }
}
