package signing_test

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"warroom/model/signing"
)

// exampleKey returns a key that is the same in every run.
func exampleKey(seed byte) (ed25519.PrivateKey, string) {
	priv := ed25519.NewKeyFromSeed(append([]byte{seed}, make([]byte, ed25519.SeedSize-1)...))
	return priv, signing.KeyText(priv.Public().(ed25519.PublicKey))
}

// A message is signed as it is stored. Its leaf hash covers the signature and the payload.
func ExampleSign() {
	priv, _ := exampleKey(1)
	payload := []byte(`{"v":1,"kind":"entry.noted","body":{"text":"seen in job 8841"}}`)

	sig := signing.Sign(priv, payload)
	fmt.Println("leaf:", signing.Leaf(sig, payload))
	fmt.Println("leaf of another payload:", signing.Leaf(sig, []byte(`{}`)))
	// Output:
	// leaf: O+1JdauIWYWfMpgocRcQLq3joZA/klgmnRsijs88WII=
	// leaf of another payload: qedgXcpJqYI/MfSeytYL5wsTu/Cz69nm9kVXIzf7euk=
}

// The hub signs the size and the root of a log; a terminal that computed the same root
// cosigns.
func ExampleCheckpoint() {
	hub, hubKey := exampleKey(1)
	ana, _ := exampleKey(2)
	var tree signing.Tree
	for _, payload := range []string{"first", "second", "third"} {
		tree.Add(signing.LeafHash("", []byte(payload)))
	}
	c := signing.Checkpoint{Room: "01JDHUB0000000000000000000", Size: tree.Size(), Root: tree.Root()}

	note, err := c.Sign(hub)
	if err != nil {
		fmt.Println(err)
		return
	}
	note = signing.Join(note, c.Cosign("ana", ana, time.Unix(1_700_000_000, 0)))

	n, err := signing.OpenNote(note, c.Room, []string{hubKey})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(n.Point.Text())
	fmt.Println("signed by the hub:", n.By[0] == hubKey)
	fmt.Println("cosigned by", n.Seen[0].Handle)
	// Output:
	// warroom/01JDHUB0000000000000000000
	// 3
	// 7PhkG0g/pk3/bD+ybtWBgbWOS+lnj3ze/cus669jCqw=
	// signed by the hub: true
	// cosigned by ana
}
