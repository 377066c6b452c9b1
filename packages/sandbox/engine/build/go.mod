module smallstep-ssh-azuread/engine

go 1.26.6

require (
	github.com/pulumi/pulumi/pkg/v3 v3.276.0
	// Its own, v0.46.1-0.20260810195832-b5401c07b5f1, panics when Azure Blob Storage refuses a write.
	gocloud.dev v0.48.0
)
