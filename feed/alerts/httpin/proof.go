package httpin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// SignHeader has a signature: t=UNIX,v1=HEX, where HEX is the HMAC-SHA256 of "UNIX." and
// the body. It may have several v1 while a secret is rotated.
const SignHeader = "X-Warroom-Signature"

// GitHubHeader has GitHub's signature: sha256=HEX, the HMAC-SHA256 of the body.
const GitHubHeader = "X-Hub-Signature-256"

// skew is the max difference between the time of a signed request and now.
const skew = 5 * time.Minute

// maxSums is the max number of signatures in one header.
const maxSums = 4

// errUnproven means that a signature does not fit the body.
var errUnproven = errors.New("the signature does not match this body")

// claim is the claimed identity of a sender.
type claim struct {
	name   string // of the credential
	proven bool   // by the headers alone
	// check verifies the body and returns the signature, by which a replay is recognized.
	// It is nil if the headers suffice.
	check func(ctx context.Context, body io.ReadSeeker) (sum string, err error)
}

// claims returns the claim of a sender of alerts. The error is a [model.Error] that lists
// the accepted proofs.
func (s *server) claims(h http.Header) (claim, error) {
	c := claim{name: "token", proven: !s.Token.IsEmpty() && s.showsToken(h)}
	var err error
	switch signed, github := h.Get(SignHeader), h.Get(GitHubHeader); {
	case signed != "" && !s.Sign.IsEmpty():
		c.check, err = s.signed(signed)
		if !c.proven {
			c.name = "sign"
		}
	case github != "" && !s.GitHub.IsEmpty():
		c.check, err = s.github(github)
		if !c.proven {
			c.name = "github"
		}
	case !c.proven:
		err = s.unknown()
	}
	return c, err
}

// unknown returns the error that lists the accepted proofs.
func (s *server) unknown() error {
	var ways []string
	if !s.Token.IsEmpty() {
		ways = append(ways, "send the token: Authorization: Bearer TOKEN")
	}
	if !s.Sign.IsEmpty() {
		ways = append(ways, "sign the body: "+SignHeader+": t=UNIX,v1=HMAC-SHA256")
	}
	if !s.GitHub.IsEmpty() {
		ways = append(ways, "set the secret in GitHub's webhook: "+GitHubHeader)
	}
	if len(ways) == 0 {
		return model.Refuse(model.Forbidden,
			"this hub accepts no alerts: none of http.token, http.sign and http.github is configured")
	}
	return model.Refuse(model.Forbidden, "%s", strings.Join(ways, "; or "))
}

// showsToken reports whether the request has the token. It compares in constant time.
func (s *server) showsToken(h http.Header) bool {
	got := h.Get("X-Api-Key")
	if kind, rest, ok := strings.Cut(h.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		got = strings.TrimSpace(rest)
	}
	want, have := sha256.Sum256(s.Token.Reveal()), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(want[:], have[:]) == 1
}

// signed parses warroom's own signature.
func (s *server) signed(header string) (func(context.Context, io.ReadSeeker) (string, error), error) {
	var at int64
	var sums [][]byte
	for part := range strings.SplitSeq(header, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch k {
		case "t":
			at, _ = strconv.ParseInt(v, 10, 64) // 0 is too old
		case "v1":
			if sum, err := hex.DecodeString(v); err == nil && len(sum) == sha256.Size && len(sums) < maxSums {
				sums = append(sums, sum)
			}
		}
	}
	switch age := s.Now().Sub(time.Unix(at, 0)); {
	case len(sums) == 0:
		return nil, model.Refuse(model.Forbidden, "%s has the form t=UNIX,v1=HMAC-SHA256", SignHeader)
	case age > skew || age < -skew:
		return nil, model.Refuse(model.Forbidden,
			"the signature has the wrong time: the sender's clock and the hub's may differ by at most %d minutes",
			int(skew.Minutes()))
	}
	return func(_ context.Context, body io.ReadSeeker) (string, error) {
		return verify(s.Sign, strconv.FormatInt(at, 10)+".", body, sums)
	}, nil
}

// github parses GitHub's signature.
func (s *server) github(header string) (func(context.Context, io.ReadSeeker) (string, error), error) {
	v, ok := strings.CutPrefix(header, "sha256=")
	sum, err := hex.DecodeString(v)
	if !ok || err != nil || len(sum) != sha256.Size {
		return nil, model.Refuse(model.Forbidden, "%s has the form sha256=HMAC-SHA256", GitHubHeader)
	}
	return func(_ context.Context, body io.ReadSeeker) (string, error) {
		return verify(s.GitHub, "", body, [][]byte{sum})
	}, nil
}

// verify computes the MAC of a body, compares it with the sender's, and returns it.
func verify(secret model.Secret, before string, body io.ReadSeeker, sums [][]byte) (string, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", errSpool
	}
	mac := hmac.New(sha256.New, secret.Reveal())
	_, _ = io.WriteString(mac, before) // a hash never returns an error
	if _, err := io.Copy(mac, body); err != nil {
		return "", errSpool
	}
	sum, ok := mac.Sum(nil), 0
	for _, s := range sums {
		ok |= subtle.ConstantTimeCompare(sum, s)
	}
	if ok == 0 {
		return "", errUnproven
	}
	return before + string(sum), nil
}
