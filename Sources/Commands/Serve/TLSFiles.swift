/// A listener's certificate chain and private key, both PEM.
struct TLSFiles: Hashable, Sendable {
    let certificate: String
    let key: String

    /// - Throws: `.setting` where one of the two is missing.
    init?(_ settings: SettingLayers, certificate: ServeSetting, key: ServeSetting) throws(StartError) {
        switch (settings[certificate], settings[key]) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            self.certificate = certificate.text
            self.key = key.text
        default: throw .setting("\(certificate.option) and \(key.option) belong together")
        }
    }
}
