import CCurl

/// The C functions libcurl calls during a transfer. Each finds its `Transfer` in the context pointer `CurlHandle.attach` set and only
/// translates; decisions are the transfer's.
enum CurlCallbacks {
    static let write: curl_write_callback = { bytes, size, count, context in
        guard let transfer = unsafe transfer(context), let piece = unsafe buffer(bytes, size, count) else { return 0 }
        return unsafe transfer.receiveBody(piece.bytes) ? piece.count : refusal(piece.count)
    }

    static let header: curl_write_callback = { bytes, size, count, context in
        guard let transfer = unsafe transfer(context), let line = unsafe buffer(bytes, size, count) else { return 0 }
        return unsafe transfer.receiveHeader(line.bytes) ? line.count : refusal(line.count)
    }

    static let read: curl_read_callback = { bytes, size, count, context in
        guard let transfer = unsafe transfer(context), let bytes = unsafe bytes else { return Int(CURL_READFUNC_ABORT) }
        let (room, overflow) = size.multipliedReportingOverflow(by: count)
        guard !overflow else { return Int(CURL_READFUNC_ABORT) }
        return unsafe transfer.upload.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: room))
    }

    static let seek: curl_seek_callback = { context, offset, origin in
        guard let transfer = unsafe transfer(context), origin == SEEK_SET, let position = Int(exactly: offset),
            transfer.upload.seek(to: position)
        else { return CURL_SEEKFUNC_FAIL }
        return CURL_SEEKFUNC_OK
    }

    static let progress: curl_xferinfo_callback = { context, _, _, _, _ in
        guard let transfer = unsafe transfer(context) else { return 1 }
        return transfer.cancellation.isSet ? 1 : 0
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    private static func buffer(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int) -> UnsafeRawBufferPointer? {
        let (total, overflow) = size.multipliedReportingOverflow(by: count)
        guard let bytes = unsafe bytes, !overflow else { return nil }
        return unsafe UnsafeRawBufferPointer(start: bytes, count: total)
    }

    // Any number but that of the bytes offered ends the transfer.
    private static func refusal(_ offered: Int) -> Int { offered == 0 ? 1 : 0 }
}
