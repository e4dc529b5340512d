/**
 * Messages of operating systems, runtimes and databases in other languages, as a locale selects them, with the English messages that
 * everything else here reads.
 */
import { anyOf } from "@faultline/model";

const TONGUES: readonly (readonly [english: string, said: RegExp])[] = [
  [
    "connection refused",
    anyOfThem(
      /Verbindungsaufbau abgelehnt|Zielcomputer die Verbindung verweigerte/,
      /Connexion refusée|l.ordinateur cible l.a expressément refusée/,
      /Conexión rehusada|equipo de destino denegó expresamente dicha conexión/,
      /Connessione rifiutata|Conexão recusada|máquina de destino as recusou ativamente/,
      /В соединении отказано|конечный компьютер отверг запрос на подключение/,
      /接続を拒否されました|対象のコンピューターによって拒否されたため|拒绝连接|连接被拒绝|目标计算机积极拒绝/,
    ),
  ],
  [
    "connection reset by peer",
    anyOfThem(
      /Verbindung (?:wurde )?vom Kommunikationspartner zurückgesetzt|vorhandene Verbindung wurde vom Remotehost geschlossen/,
      /Connexion ré-?initialisée par le correspondant|connexion existante a dû être fermée par l.hôte distant/,
      /Conexión reinicializada por la máquina remota|interrupción de una conexión existente por el host remoto/,
      /Connessione interrotta dal corrispondente|Conexão fechada pela outra ponta|Соединение разорвано другой стороной/,
      /接続が相手からリセットされました|既存の接続はリモート ホストに強制的に切断されました|连接被对方重[设置]|远程主机强迫关闭了一个现有的连接/,
    ),
  ],
  [
    "connection timed out",
    anyOfThem(
      /Wartezeit für die Verbindung ist abgelaufen|nach einer bestimmten Zeitspanne nicht richtig reagiert/,
      /Connexion terminée par expiration du délai d.attente|n.a pas répondu convenablement au-delà d.une certaine durée/,
      /Expiró el tiempo de conexión|no respondió adecuadamente tras un periodo de tiempo/,
      /Connessione scaduta|Tempo esgotado para conexão|Время ожидания соединения истекло/,
      /接続がタイムアウトしました|接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかった|连接超时|连接方在一段时间后没有正确答复/,
    ),
  ],
  [
    "no route to host",
    anyOfThem(
      /Keine Route zum Zielrechner|Kein Weg zum Zielrechner/,
      /Aucun chemin d.accès pour atteindre l.hôte/,
      /No existe ninguna ruta hasta el/,
    ),
  ],
  [
    "no such host",
    anyOfThem(
      /Der angegebene Host ist unbekannt|Der Name oder der Dienst ist nicht bekannt/,
      /Hôte inconnu\b|Nom ou service inconnu/,
      /Host desconocido\b|Nombre o servicio desconocido/,
      /Host sconosciuto\b|Nome o servizio sconosciuto|Este host não é conhecido|Nome ou serviço desconhecido/,
      /Этот хост неизвестен|Неизвестное имя или служба|そのようなホストは不明です|名前またはサービスが不明です|不知道这样的主机|未知的名称或服务/,
    ),
  ],
  [
    "No space left on device",
    anyOfThem(
      /kein Speicherplatz mehr verfügbar|nicht genug Speicherplatz auf dem Datenträger/,
      /Aucun espace disponible sur le périphérique|Espace insuffisant sur le disque/,
      /No queda espacio en el dispositivo|Espacio en disco insuficiente/,
      /Spazio (?:su disco )?(?:esaurito|insufficiente)|Não há espaço (?:disponível|suficiente)/,
      /На устройстве не осталось свободного места|Недостаточно места на диске|デバイスに空き領域がありません|ディスクに十分な空き領域がありません|设备上没有空间|磁盘空间不足/,
    ),
  ],
  [
    "too many open files",
    anyOfThem(
      /Zu viele offene Dateien|Zu viele Dateien sind offen/,
      /Trop de fichiers ouverts|Demasiados (?:archivos|ficheros) abiertos|Troppi file aperti|Muitos arquivos abertos/,
      /Слишком много открытых файлов|開いているファイルが多すぎます|打开的文件(?:过|太)多/,
    ),
  ],
  [
    "Cannot allocate memory",
    anyOfThem(
      /Nicht genügend Hauptspeicher verfügbar/,
      /Ne peut allouer de la mémoire|Impossible d.allouer de la mémoire/,
      /No se pudo asignar memoria|Не удалось выделить память|メモリを確保できません|无法分配内存/,
    ),
  ],
  [
    "Object reference not set to an instance of an object",
    anyOfThem(
      /Objektverweis wurde nicht auf eine Objektinstanz festgelegt/,
      /référence d.objet n.est pas définie à une instance d.un objet/,
      /Referencia a objeto no establecida como instancia de un objeto/,
      /Riferimento a un oggetto non impostato su un.istanza|Referência de objeto não definida para uma instância/,
      /Ссылка на объект не указывает на экземпляр объекта|オブジェクト参照がオブジェクト インスタンスに設定されていません|未将对象引用设置到对象的实例/,
    ),
  ],
  [
    "index out of range",
    anyOfThem(
      /Index (?:war|lag) außerhalb des (?:Array)?[Bb]ereichs/,
      /L.index se trouve en dehors des limites du tableau/,
      /Índice fuera de los límites de la matriz|Индекс находился вне границ массива|インデックスが配列の境界外です|索引超出了数组界限/,
    ),
  ],
  [
    "deadlock detected",
    anyOfThem(
      /Verklemmung entdeckt|als Deadlockopfer ausgewählt/,
      /Bloquage mortel détecté|[Tt]ransaction .{1,200} a été choisie comme victime/,
      /se ha detectado un deadlock|elegida como sujeto del interbloqueo/,
      /обнаружена взаимоблокировка|デッドロックを検出しました|检测到死锁|已被选作死锁牺牲品/,
    ),
  ],
  [
    "column x does not exist",
    /Spalte \S+ existiert nicht|la colonne .{1,80} n.existe pas|no existe la columna|(?:столбец|колонка) .{1,80} не существует|列.{1,80}(?:は存在しません)|字段 .{1,80} 不存在/i,
  ],
  [
    "relation x does not exist",
    /Relation \S+ existiert nicht|la relation .{1,80} n.existe pas|no existe la relación|отношение .{1,80} не существует|リレーション.{1,80}は存在しません|关系 .{1,80} 不存在/i,
  ],
  [
    "sorry, too many clients already",
    /schon zu viele Verbindungen|désolé, trop de clients sont déjà connectés|ya tenemos demasiados clientes|уже слишком много клиентов|現在クライアント数が多すぎます|已经有太多的客户/,
  ],
  ["Too many connections", /Zu viele Verbindungen|Trop de connexions|Demasiadas conexiones|Excesso de conexões|Troppe connessioni/],
  [
    "password authentication failed",
    anyOfThem(
      /Passwort-Authentifizierung für Benutzer .{1,80} fehlgeschlagen/,
      /authentification par mot de passe échouée/,
      /la autentifi?cación password falló/,
      /пользователь .{1,80} не прошёл проверку подлинности|パスワード認証に失敗しました|用户 .{1,80} Password 认证失败/,
    ),
  ],
  [
    "Access denied for user",
    // A MySQL user is written with its host. Without one, a program denies something to its own user.
    /hat keine Zugriffsberechtigung \(verwendetes Passwort|(?:Accès refusé pour l.utilisateur|Acceso (?:denegado|negado) (?:para|a)(?: el)? usuario|Accesso non consentito per l.utente):? ?'[^']{0,80}'@/,
  ],
  [
    "Login failed for user",
    /Fehler bei der Anmeldung für den Benutzer|Échec de l.ouverture de session de l.utilisateur|Error de inicio de sesión del usuario/,
  ],
  [
    "canceling statement due to statement timeout",
    anyOfThem(
      /storniere Anfrage wegen Zeitüberschreitung der Anfrage/,
      /annulation de la requête à cause du délai écoulé/,
      /cancelando la sentencia debido a que se agotó el tiempo de espera/,
      /выполнение оператора отменено из-за тайм-аута|ステートメントのタイムアウトのため/,
    ),
  ],
  [
    "Timeout expired",
    /(?:Ausführungs)?[Tt]imeout ist? ?abgelaufen|Délai d.attente (?:d.exécution |de l.opération )?expiré|Expiró el tiempo de espera|Tiempo de espera (?:de ejecución )?(?:agotado|expirado)|Tempo limite (?:de execução )?expirado/,
  ],
  [
    "duplicate key value violates unique constraint",
    /doppelter Schlüsselwert verletzt Unique-Constraint|valeur d.une clé dupliquée rompt la contrainte unique|llave duplicada viola restricción de unicidad|повторяющееся значение ключа нарушает ограничение уникальности|重複したキー値は一意性制約|重复键违反唯一约束/,
  ],
  [
    "violates foreign key constraint",
    /verletzt Fremdschlüssel-Constraint|viole la contrainte de clé étrangère|viola la llave foránea|нарушает ограничение внешнего ключа/,
  ],
  [
    "violates not-null constraint",
    /verletzt Not-Null-Constraint|viole la contrainte de non[- ]nullité|viola la restricción de no nulo|нарушает ограничение NOT NULL/,
  ],
  [
    "the database system is shutting down",
    /Datenbanksystem fährt herunter|système de bases? de données s.arrête|sistema de base de datos está apagándose|система баз данных останавливается/,
  ],
  [
    "the database system is starting up",
    /Datenbanksystem startet|système de bases? de données se lance|sistema de base de datos está iniciándose|система баз данных запускается/,
  ],
  [
    "certificate has expired",
    /Zertifikat ist abgelaufen|certificat (?:a expiré|est expiré)|certificado (?:ha caducado|ha expirado|expirou)/i,
  ],
];

function anyOfThem(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(anyOf(...patterns));
}

const ANY = new RegExp(anyOf(...TONGUES.map(([, said]) => said)), "i");
/** The length of an error's beginning that is read. */
const MAX_READ = 2_000;

/** The words of an error. If they are in another language, their English meaning follows: `Hôte inconnu. [no such host]`. */
export function withEnglish(text: string): string {
  const said = text.slice(0, MAX_READ);
  if (!ANY.test(said)) return text;
  const english = TONGUES.filter(([, pattern]) => pattern.test(said)).map(([meaning]) => meaning);
  return english.length === 0 ? text : `${text} [${english.join("; ")}]`;
}
