package alerts_test

import (
	"context"
	"fmt"
	"strings"

	"warroom/feed/alerts"
	"warroom/model"
)

// The form of an input is recognized by its content. A secret is never passed on, only its
// mark.
func ExampleRead() {
	const findings = `[{"RuleID":"aws-access-token","Description":"AWS key","File":"deploy.sh","StartLine":7,
		"Secret":"not-a-real-secret-0001","Match":"key=not-a-real-secret-0001","Fingerprint":"deploy.sh:aws:7"}]`
	o := alerts.Options{Key: model.NewSecret([]byte("a key of this installation"))}
	in, err := alerts.Read(context.Background(), strings.NewReader(findings), o, func(a *model.Alert) error {
		fmt.Println(a.Severity, a.Title, a.Location.URI)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(in.Format, in.Findings)
	// Output:
	// high AWS key deploy.sh
	// gitleaks-json 1
}
