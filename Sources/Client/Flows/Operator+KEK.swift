package import Model

extension Operator {
    /// The key encryption key, its versions and the last rotation.
    package func kek() async throws(ClientError) -> KEKMessages.Status {
        try await connection.get("/v1/kek", as: KEKMessages.Status.self)
    }

    /// Makes a new version; what is stored stays as it is.
    package func newKEKVersion() async throws(ClientError) -> KEKMessages.Status {
        try await connection.post("/v1/kek/versions", as: KEKMessages.Status.self)
    }

    /// Begins or joins a rotation, which the broker does by itself.
    /// - Parameter to: URI of another custody; `nil`: a new version in the same one.
    package func rotateKEK(to uri: String?) async throws(ClientError) -> KEKMessages.Rotation {
        try await connection.send("POST", "/v1/kek/rotation", KEKMessages.Rotate(to: uri), as: KEKMessages.Rotation.self)
    }

    /// How far the last rotation is.
    package func kekRotation() async throws(ClientError) -> KEKMessages.Rotation {
        try await connection.get("/v1/kek/rotation", as: KEKMessages.Rotation.self)
    }

    /// Destroys an old version for good.
    package func retireKEKVersion(_ epoch: UInt32) async throws(ClientError) -> KEKMessages.Status {
        try await connection.post("/v1/kek/versions/\(epoch)/retire", as: KEKMessages.Status.self)
    }
}
