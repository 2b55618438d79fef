# Sends a return to Tartan: the receipt, then the report. Windows PowerShell 5.1 or later.
#
# Check a file, and store nothing:   .\submit.ps1 http://127.0.0.1:8000 return.xlsx -Check
# Send it:                           .\submit.ps1 http://127.0.0.1:8000 return.xlsx
# Send its correction:  .\submit.ps1 http://127.0.0.1:8000 corrected.xlsx -Replaces RETURN_ID
#
# Exit code 0: accepted, or nothing wrong. 1: refused, and nothing was stored. 2: not reached.
param(
    [Parameter(Mandatory = $true)] [string] $Base,
    [Parameter(Mandatory = $true)] [string] $Path,
    [string] $Replaces = '',
    [switch] $Check
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol =
    [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

$media = @{
    '.csv'  = 'text/csv'
    '.json' = 'application/json'
    '.xlsx' = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
}[[IO.Path]::GetExtension($Path).ToLowerInvariant()]
if (-not $media) { Write-Host 'Send a .csv, .xlsx or .json file.'; exit 2 }

# Gives the status and the JSON of an answer, whether it is yes or no. PowerShell 5.1 would read
# JSON as Latin-1, so its bytes are read as the UTF-8 that they are.
function Read-Answer([hashtable] $Request) {
    try {
        $answer = Invoke-WebRequest -UseBasicParsing -TimeoutSec 60 @Request
        $text = [Text.Encoding]::UTF8.GetString($answer.RawContentStream.ToArray())
        return @{ Status = [int] $answer.StatusCode; Body = $text | ConvertFrom-Json }
    }
    catch {
        $refusal = $_.Exception.Response
        if (-not $refusal) { Write-Host "No answer from ${Base}: $($_.Exception.Message)"; exit 2 }
        if ($refusal -is [Net.HttpWebResponse]) {
            $stream = $refusal.GetResponseStream()
            $stream.Position = 0
            $text = (New-Object IO.StreamReader($stream, [Text.Encoding]::UTF8)).ReadToEnd()
        }
        else { $text = $_.ErrorDetails.Message }
        return @{ Status = [int] $refusal.StatusCode; Body = $text | ConvertFrom-Json }
    }
}

# After a 503 the same bytes go again: they count once.
function Send-File([string] $Uri) {
    foreach ($try in 1..5) {
        $answer = Read-Answer @{ Uri = $Uri; Method = 'Post'; ContentType = $media; InFile = $Path }
        if ($answer.Status -ne 503 -and $answer.Status -ne 429) { return $answer }
        Start-Sleep -Seconds 5
    }
    Write-Host "$Uri was busy five times. Send the same file again later."
    exit 2
}

function Write-Findings($Findings) {
    foreach ($each in $Findings) {
        $where = if ($each.where) { $each.where } else { 'the file' }
        Write-Host "$($each.severity) $($each.code), ${where}: $($each.detail) $($each.fix)"
    }
}

if ($Check) {
    $answer = Send-File "$Base/v1/validations"
    Write-Host $answer.Body.title
    Write-Findings $answer.Body.findings
    if ($answer.Status -eq 200 -and $answer.Body.valid) { exit 0 } else { exit 1 }
}
$uri = "$Base/v1/returns"
if ($Replaces) { $uri += '?supersedes=' + [Uri]::EscapeDataString($Replaces) }
$answer = Send-File $uri
if ($answer.Status -ge 400) {
    Write-Host $answer.Body.title
    Write-Host $answer.Body.detail
    Write-Findings $answer.Body.errors
    exit 1
}
Write-Host "Accepted as version $($answer.Body.version): $($answer.Body.return_id)"
Write-Host $answer.Body.next_step
$report = Read-Answer @{ Uri = $Base + $answer.Body.links.report }
Write-Findings $report.Body.findings
exit 0
