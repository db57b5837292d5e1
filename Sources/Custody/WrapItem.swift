package import Envelope
package import Model

/// Something to wrap, and what the wrap is bound to.
package struct WrapItem: Hashable, Sendable {
    package let plaintext: Blob
    package let context: ContextBytes

    package init(plaintext: Blob, context: ContextBytes) {
        self.plaintext = plaintext
        self.context = context
    }
}

/// A wrap, and what it must be bound to.
package struct UnwrapItem: Hashable, Sendable {
    package let wrap: Blob
    package let context: ContextBytes

    package init(wrap: Blob, context: ContextBytes) {
        self.wrap = wrap
        self.context = context
    }
}
