package secretscan

// set is a set of bytes.
type set [256]bool

func of(ranges string) *set {
	var s set
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := int(ranges[i]); c <= int(ranges[i+1]); c++ {
			s[c] = true
		}
	}
	return &s
}

// The alphabets of secrets, as pairs of a first and a last byte.
var (
	digits  = of("09")
	hexes   = of("09af")
	base32  = of("AZ27")
	upper   = of("AZ09")
	alnum   = of("AZaz09")
	wordy   = of("AZaz09__--")
	dotted  = of("AZaz09__--..")
	padded  = of("AZaz09++//==")
	visible = of("!~")

	percented = of("AZaz09__--%%++//==..")
	upperDash = of("AZ09--")
)

// form is the form of one kind of secret: a prefix, then min to max bytes of an alphabet,
// then a byte outside it.
type form struct {
	prefix   string
	kind     string
	in       *set
	min, max int
}

// many is longer than any secret.
const many = 4096

// forms is the table of secrets that are recognized by their prefix.
var forms = []form{
	{prefix: "ghp_", kind: "github-token", in: alnum, min: 36, max: 255},
	{prefix: "gho_", kind: "github-token", in: alnum, min: 36, max: 255},
	{prefix: "ghu_", kind: "github-token", in: alnum, min: 36, max: 255},
	{prefix: "ghs_", kind: "github-token", in: alnum, min: 36, max: 255},
	{prefix: "ghr_", kind: "github-token", in: alnum, min: 36, max: 255},
	{prefix: "github_pat_", kind: "github-token", in: wordy, min: 60, max: 255},
	{prefix: "glpat-", kind: "gitlab-token", in: dotted, min: 20, max: 300},
	{prefix: "glptt-", kind: "gitlab-token", in: wordy, min: 40, max: 40},
	{prefix: "gldt-", kind: "gitlab-token", in: wordy, min: 20, max: 64},
	{prefix: "glrt-", kind: "gitlab-token", in: dotted, min: 20, max: 300},
	{prefix: "glcbt-", kind: "gitlab-token", in: wordy, min: 20, max: 64},
	{prefix: "glsoat-", kind: "gitlab-token", in: wordy, min: 20, max: 64},
	{prefix: "xoxb-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxp-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxa-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxr-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxs-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxe-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxd-", kind: "slack-token", in: percented, min: 20, max: 400},
	{prefix: "xoxc-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxe.xoxp-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xapp-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "sk_live_", kind: "stripe-key", in: alnum, min: 10, max: 255},
	{prefix: "sk_test_", kind: "stripe-key", in: alnum, min: 10, max: 255},
	{prefix: "rk_live_", kind: "stripe-key", in: alnum, min: 10, max: 255},
	{prefix: "rk_test_", kind: "stripe-key", in: alnum, min: 10, max: 255},
	{prefix: "whsec_", kind: "stripe-key", in: padded, min: 24, max: 255},
	{prefix: "sk-ant-", kind: "anthropic-key", in: wordy, min: 40, max: 255},
	{prefix: "sk-proj-", kind: "openai-key", in: wordy, min: 40, max: 255},
	{prefix: "sk-svcacct-", kind: "openai-key", in: wordy, min: 40, max: 255},
	{prefix: "sk-admin-", kind: "openai-key", in: wordy, min: 40, max: 255},
	{prefix: "sk-or-v1-", kind: "openrouter-key", in: hexes, min: 64, max: 64},
	{prefix: "sk-", kind: "openai-key", in: alnum, min: 48, max: 64},
	{prefix: "AIza", kind: "google-key", in: wordy, min: 35, max: 35},
	{prefix: "GOCSPX-", kind: "google-secret", in: wordy, min: 28, max: 28},
	{prefix: "ya29.", kind: "google-token", in: wordy, min: 30, max: 2048},
	{prefix: "npm_", kind: "npm-token", in: alnum, min: 36, max: 36},
	{prefix: "pypi-AgEIcHlwaS5vcmc", kind: "pypi-token", in: wordy, min: 50, max: 1000},
	{prefix: "pypi-AgENdGVzdC5weXBp", kind: "pypi-token", in: wordy, min: 50, max: 1000},
	{prefix: "rubygems_", kind: "rubygems-key", in: hexes, min: 48, max: 48},
	{prefix: "dckr_pat_", kind: "docker-token", in: wordy, min: 27, max: 27},
	{prefix: "dckr_oat_", kind: "docker-token", in: wordy, min: 32, max: 32},
	{prefix: "dop_v1_", kind: "digitalocean-token", in: hexes, min: 64, max: 64},
	{prefix: "doo_v1_", kind: "digitalocean-token", in: hexes, min: 64, max: 64},
	{prefix: "dor_v1_", kind: "digitalocean-token", in: hexes, min: 64, max: 64},
	{prefix: "hvs.", kind: "vault-token", in: wordy, min: 24, max: 255},
	{prefix: "hvb.", kind: "vault-token", in: wordy, min: 100, max: 300},
	{prefix: "hvr.", kind: "vault-token", in: wordy, min: 24, max: 255},
	{prefix: "shpat_", kind: "shopify-token", in: hexes, min: 32, max: 32},
	{prefix: "shpca_", kind: "shopify-token", in: hexes, min: 32, max: 32},
	{prefix: "shppa_", kind: "shopify-token", in: hexes, min: 32, max: 32},
	{prefix: "shpss_", kind: "shopify-secret", in: hexes, min: 32, max: 32},
	{prefix: "SG.", kind: "sendgrid-key", in: dotted, min: 60, max: 80},
	{prefix: "key-", kind: "mailgun-key", in: hexes, min: 32, max: 32},
	{prefix: "sq0atp-", kind: "square-token", in: wordy, min: 22, max: 22},
	{prefix: "sq0csp-", kind: "square-token", in: wordy, min: 43, max: 43},
	{prefix: "lin_api_", kind: "linear-key", in: alnum, min: 40, max: 40},
	{prefix: "PMAK-", kind: "postman-key", in: wordy, min: 59, max: 59},
	{prefix: "NRAK-", kind: "newrelic-key", in: upper, min: 27, max: 27},
	{prefix: "NRJS-", kind: "newrelic-key", in: hexes, min: 19, max: 19},
	{prefix: "glsa_", kind: "grafana-token", in: wordy, min: 41, max: 41},
	{prefix: "glc_", kind: "grafana-token", in: padded, min: 32, max: 400},
	{prefix: "pul-", kind: "pulumi-token", in: hexes, min: 40, max: 40},
	{prefix: "figd_", kind: "figma-token", in: wordy, min: 40, max: 80},
	{prefix: "ntn_", kind: "notion-token", in: alnum, min: 40, max: 50},
	{prefix: "secret_", kind: "notion-token", in: alnum, min: 43, max: 43},
	{prefix: "hf_", kind: "huggingface-token", in: alnum, min: 34, max: 40},
	{prefix: "gsk_", kind: "groq-key", in: alnum, min: 50, max: 60},
	{prefix: "r8_", kind: "replicate-token", in: alnum, min: 37, max: 37},
	{prefix: "nvapi-", kind: "nvidia-key", in: wordy, min: 60, max: 70},
	{prefix: "xai-", kind: "xai-key", in: alnum, min: 80, max: 80},
	{prefix: "pplx-", kind: "perplexity-key", in: alnum, min: 48, max: 48},
	{prefix: "AGE-SECRET-KEY-1", kind: "age-key", in: upper, min: 58, max: 58},
	{prefix: "dapi", kind: "databricks-token", in: hexes, min: 32, max: 32},
	{prefix: "dp.pt.", kind: "doppler-token", in: alnum, min: 40, max: 44},
	{prefix: "dp.st.", kind: "doppler-token", in: dotted, min: 40, max: 80},
	{prefix: "sntrys_", kind: "sentry-token", in: percented, min: 60, max: 500},
	{prefix: "sntryu_", kind: "sentry-token", in: hexes, min: 64, max: 64},
	{prefix: "sbp_", kind: "supabase-token", in: hexes, min: 40, max: 40},
	{prefix: "pscale_tkn_", kind: "planetscale-token", in: dotted, min: 32, max: 64},
	{prefix: "pscale_pw_", kind: "planetscale-password", in: dotted, min: 32, max: 64},
	{prefix: "fo1_", kind: "fly-token", in: wordy, min: 43, max: 43},
	{prefix: "fm2_", kind: "fly-token", in: padded, min: 100, max: 2000},
	{prefix: "ATATT3", kind: "atlassian-token", in: wordy, min: 150, max: 250},
	{prefix: "ATBB", kind: "bitbucket-token", in: alnum, min: 32, max: 32},
	{prefix: "ATCTT3", kind: "bitbucket-token", in: wordy, min: 150, max: 250},
	{prefix: "tskey-", kind: "tailscale-key", in: wordy, min: 20, max: 80},
	{prefix: "duffel_live_", kind: "duffel-token", in: wordy, min: 43, max: 43},
	{prefix: "EZAK", kind: "easypost-key", in: alnum, min: 54, max: 54},
	{prefix: "sk_prod_", kind: "api-key", in: wordy, min: 20, max: 200},
	{prefix: "vercel_", kind: "vercel-token", in: alnum, min: 24, max: 60},
	{prefix: "4b1d", kind: "clickhouse-key", in: alnum, min: 38, max: 38},
	{prefix: "EAAM", kind: "facebook-token", in: alnum, min: 100, max: 300},
	{prefix: "EAAC", kind: "facebook-token", in: alnum, min: 100, max: 300},
	{prefix: "dnkey-", kind: "defined-networking-key", in: wordy, min: 79, max: 79},
	{prefix: "duffel_test_", kind: "duffel-token", in: wordy, min: 43, max: 43},
	{prefix: "nfp_", kind: "netlify-token", in: alnum, min: 36, max: 40},
	{prefix: "rnd_", kind: "render-key", in: alnum, min: 28, max: 40},
	{prefix: "sb_secret_", kind: "supabase-key", in: wordy, min: 20, max: 60},
	{prefix: "HRKU-AA", kind: "heroku-key", in: wordy, min: 50, max: 70},
	{prefix: "EAAA", kind: "square-token", in: wordy, min: 22, max: 80},
	{prefix: "ops_eyJ", kind: "1password-token", in: padded, min: 100, max: 2000},
	{prefix: "A3-", kind: "1password-key", in: upperDash, min: 31, max: 36},
	{prefix: "cio", kind: "crates-token", in: alnum, min: 32, max: 32},
	{prefix: "SK", kind: "twilio-key", in: hexes, min: 32, max: 32},
	{prefix: "sha256~", kind: "openshift-token", in: wordy, min: 43, max: 43},
	{prefix: "dt0c01.", kind: "dynatrace-token", in: dotted, min: 80, max: 100},
	{prefix: "EZTK", kind: "easypost-key", in: alnum, min: 54, max: 54},
	{prefix: "FLWSECK", kind: "flutterwave-key", in: wordy, min: 17, max: 50},
	{prefix: "fio-u-", kind: "frameio-token", in: wordy, min: 64, max: 64},
	{prefix: "GR1348941", kind: "gitlab-token", in: wordy, min: 20, max: 20},
	{prefix: "gloas-", kind: "gitlab-token", in: wordy, min: 64, max: 64},
	{prefix: "glft-", kind: "gitlab-token", in: wordy, min: 20, max: 64},
	{prefix: "glimt-", kind: "gitlab-token", in: wordy, min: 25, max: 25},
	{prefix: "glagent-", kind: "gitlab-token", in: wordy, min: 50, max: 50},
	{prefix: "glffct-", kind: "gitlab-token", in: wordy, min: 20, max: 20},
	{prefix: "CLOJARS_", kind: "clojars-token", in: alnum, min: 60, max: 60},
	{prefix: "v1.0-", kind: "cloudflare-key", in: wordy, min: 160, max: 180},
	{prefix: "ico-", kind: "infracost-key", in: alnum, min: 32, max: 32},
	{prefix: "NRII-", kind: "newrelic-key", in: wordy, min: 32, max: 32},
	{prefix: "pnu_", kind: "prefect-key", in: alnum, min: 36, max: 36},
	{prefix: "rdme_", kind: "readme-key", in: alnum, min: 70, max: 70},
	{prefix: "tk-us-", kind: "scalingo-token", in: wordy, min: 48, max: 48},
	{prefix: "xkeysib-", kind: "brevo-key", in: wordy, min: 70, max: 90},
	{prefix: "shippo_live_", kind: "shippo-token", in: hexes, min: 40, max: 40},
	{prefix: "shippo_test_", kind: "shippo-token", in: hexes, min: 40, max: 40},
	{prefix: "sgp_", kind: "sourcegraph-token", in: wordy, min: 40, max: 60},
	{prefix: "squ_", kind: "sonar-token", in: hexes, min: 40, max: 40},
	{prefix: "sqp_", kind: "sonar-token", in: hexes, min: 40, max: 40},
	{prefix: "sqa_", kind: "sonar-token", in: hexes, min: 40, max: 40},
	{prefix: "tfp_", kind: "typeform-token", in: dotted, min: 59, max: 59},
	{prefix: "t1.", kind: "yandex-token", in: dotted, min: 80, max: 200},
	{prefix: "AQVN", kind: "yandex-key", in: wordy, min: 35, max: 38},
	{prefix: "AKCp", kind: "artifactory-key", in: alnum, min: 69, max: 69},
	{prefix: "oy2", kind: "nuget-key", in: alnum, min: 43, max: 43},
	{prefix: "API-", kind: "octopus-key", in: upper, min: 26, max: 26},
	{prefix: "api_org_", kind: "huggingface-token", in: alnum, min: 34, max: 34},
	{prefix: "b_", kind: "beamer-key", in: wordy, min: 44, max: 44},
	{prefix: "LTAI", kind: "alibaba-key", in: alnum, min: 20, max: 20},
	{prefix: "sm_aat_", kind: "settlemint-token", in: alnum, min: 16, max: 16},
	{prefix: "sq0idb-", kind: "square-token", in: wordy, min: 22, max: 22},
	{prefix: "pat.", kind: "harness-token", in: dotted, min: 60, max: 80},
	{prefix: "mfa.", kind: "discord-token", in: wordy, min: 80, max: 90},
	{prefix: "p8e-", kind: "adobe-secret", in: alnum, min: 32, max: 32},
	{prefix: "pat", kind: "airtable-token", in: dotted, min: 79, max: 79},
	{prefix: "cmVmd", kind: "artifactory-token", in: alnum, min: 59, max: 59},
	{prefix: "ABSK", kind: "bedrock-key", in: padded, min: 109, max: 269},
	{prefix: "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", kind: "bedrock-key", in: padded, min: 1, max: 4000},
	{prefix: "eyJrIjoi", kind: "grafana-key", in: padded, min: 70, max: 400},
	{prefix: "s-s4t2ud-", kind: "intra42-secret", in: hexes, min: 64, max: 64},
	{prefix: "s-s4t2af-", kind: "intra42-secret", in: hexes, min: 64, max: 64},
	{prefix: "ZXlK", kind: "jwt", in: padded, min: 60, max: many},
	{prefix: "pscale_oauth_", kind: "planetscale-token", in: dotted, min: 32, max: 64},
	{prefix: "sm_pat_", kind: "settlemint-token", in: alnum, min: 16, max: 16},
	{prefix: "sm_sat_", kind: "settlemint-token", in: alnum, min: 16, max: 16},
	{prefix: "xoxe.xoxb-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "xoxo-", kind: "slack-token", in: wordy, min: 20, max: 255},
	{prefix: "SUA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SAA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SOA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SNA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SCA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SXA", kind: "nats-seed", in: base32, min: 55, max: 55},
	{prefix: "SPA", kind: "nats-seed", in: base32, min: 55, max: 55},
}

// byFirst indexes forms by the first byte of the prefix.
var byFirst = func() (t [256][]form) {
	for _, f := range forms {
		t[f.prefix[0]] = append(t[f.prefix[0]], f)
	}
	return t
}()
