/// The version of this program, as `tacit version` and `GET /v1/info` give it.
package enum TacitVersion {
    package static let text = "0.1.0"
}
