package secretscan_test

import (
	"testing"

	"warroom/model"
	"warroom/model/secretscan"
)

// TestSecretsOfAssets: secret values in a line that names an asset are replaced, and
// identifiers stay readable.
func TestSecretsOfAssets(t *testing.T) {
	r := model.NewRoom()
	r.ID, r.Salt = "01JD0000000000000000000000", "salt"
	for line, secret := range map[string]bool{
		":asset credential ghp_R2d2c3poAbCdEfGhIjKlMnOpQrStUv0SXcAZ suspected":       true,
		":asset credential sk_live_4eC39HqLyjWDarjtT1zdp7dcAAAAAAAAAA confirmed":     true,
		":asset credential AKIAIOSFODNN7EXAMPLE suspected":                           false,
		":asset account deploy-bot@lumi.example confirmed":                           false,
		":asset host web3.prod.lumi.example suspected":                               false,
		":asset account arn:aws:iam::123456789012:user/deploy suspected":             false,
		":ioc hash e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": false,
	} {
		got, kinds := secretscan.Replace(r, line)
		if (got != line) != secret {
			t.Errorf("%s: got %s (%v), want a secret in it: %v", line, got, kinds, secret)
		}
	}
}
